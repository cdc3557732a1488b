//! How fast a job is worked off, beside the same calls to DynamoDB without any logic around them.

pub mod bare_calls;
mod contestant;
mod tables;

use std::process::Stdio;

use anyhow::{Context, Result};
use clap::ValueEnum;
use serde::{Deserialize, Serialize};

use crate::backends::{Addresses, Backends};
use crate::process::Process;
use crate::roster::{Roster, RosterFile};
use crate::usage::Usage;

pub use contestant::{Contestant, ContestantArgs, work};
pub use tables::{goals, speed, usage};

/// Agents of a job, and how often each contestant works it off, in turn.
const SIZES: [(u32, usize); 4] = [(1_000, 5), (10_000, 5), (100_000, 3), (1_000_000, 1)];

/// One size of job.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Drain {
    pub agents: u32,
    /// How often it was worked off.
    pub runs: usize,
    /// The run of the median time.
    pub service: Run,
    /// Likewise.
    pub bare_calls: Run,
}

/// What one contestant used for a job.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Run {
    /// The contestant's process.
    pub process: Usage,
    /// The backends' process.
    pub backends: Usage,
}

/// Works off jobs of every size.
pub async fn measure() -> Result<Vec<Drain>> {
    let mut drains = Vec::new();
    for (agents, runs) in SIZES {
        eprintln!("drain: {agents} agents");
        let busy_one_in = None;
        let roster = Roster {
            agents,
            busy_one_in,
        };
        let file = roster.write().await?;
        let (mut service, mut bare_calls) = (Vec::new(), Vec::new());
        for _ in 0..runs {
            service.push(run(Contestant::Service, agents, &file).await?);
            bare_calls.push(run(Contestant::BareCalls, agents, &file).await?);
        }
        drains.push(Drain {
            agents,
            runs,
            service: median(service),
            bare_calls: median(bare_calls),
        });
    }
    Ok(drains)
}

/// The run of the median time; there is at least one.
fn median(mut runs: Vec<Run>) -> Run {
    runs.sort_by(|one, other| one.process.seconds.total_cmp(&other.process.seconds));
    runs[runs.len() / 2]
}

/// Runs one contestant in a process of its own on fresh backends.
pub async fn run(contestant: Contestant, agents: u32, file: &RosterFile) -> Result<Run> {
    let backends = Backends::start(&file.path()).await?;
    let Addresses { dynamodb, sqs } = backends.addresses;
    let name = contestant.to_possible_value().context("it has a name")?;
    let args = [
        "contestant",
        name.get_name(),
        &agents.to_string(),
        "--dynamodb",
        &dynamodb.to_string(),
        "--sqs",
        &sqs.to_string(),
    ];
    let mut process = Process::start(args, Stdio::inherit())?;
    Ok(Run {
        process: serde_json::from_str(&process.line().await?)?,
        backends: backends.stop().await?,
    })
}
