//! How fast a job is worked off, beside a floor: the very same calls with no logic around them.

mod floor;
mod ours;
mod section;

use anyhow::{Context, Result, ensure};
use clap::{Args, ValueEnum};
use indicatif::{ProgressBar, ProgressStyle};
use serde::{Deserialize, Serialize};
use tokio::process::Command;

use crate::backends::{Addresses, Backends};
use crate::roster::{Roster, RosterFile};
use crate::usage::Usage;

pub use section::write;

/// Jobs of so many agents.
const SIZES: [u32; 4] = [1_000, 10_000, 100_000, 1_000_000];

/// Who works.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ValueEnum)]
#[serde(rename_all = "snake_case")]
pub enum Contestant {
    /// The service.
    Ours,
    /// The floor.
    Floor,
}

/// The arguments of a process that works.
#[derive(Args, Clone, Copy, Debug)]
pub struct ContestantArgs {
    /// Who works.
    contestant: Contestant,
    /// So many agents there are.
    agents: u32,
    #[command(flatten)]
    addresses: Addresses,
}

/// One job.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Drain {
    /// So many agents it had.
    pub agents: u32,
    /// What the service used.
    pub ours: Run,
    /// What the floor used.
    pub floor: Run,
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
///
/// # Errors
/// A process failed.
pub async fn measure_all() -> Result<Vec<Drain>> {
    let style = ProgressStyle::with_template("drain   {bar:40} {pos}/{len} {msg}")?;
    let bar = ProgressBar::new(2 * SIZES.len() as u64).with_style(style);
    let mut drains = Vec::new();
    for agents in SIZES {
        bar.set_message(format!("{agents} agents"));
        let roster = Roster {
            count: agents,
            busy_one_in: None,
        };
        let file = roster.make(false).await?;
        let run = async |contestant| {
            let run = run(contestant, agents, &file).await;
            bar.inc(1);
            run
        };
        drains.push(Drain {
            agents,
            ours: run(Contestant::Ours).await?,
            floor: run(Contestant::Floor).await?,
        });
    }
    bar.finish_and_clear();
    Ok(drains)
}

/// Runs one contestant in a process of its own on fresh backends.
///
/// # Errors
/// The process failed.
pub async fn run(contestant: Contestant, agents: u32, file: &RosterFile) -> Result<Run> {
    let backends = Backends::start(&file.path()).await?;
    let Addresses { dynamodb, sqs } = backends.addresses;
    let name = contestant.to_possible_value().context("no name")?;
    let output = Command::new(std::env::current_exe()?)
        .args(["contestant", name.get_name(), &agents.to_string()])
        .args(["--dynamodb", &dynamodb.to_string()])
        .args(["--sqs", &sqs.to_string()])
        .stderr(std::process::Stdio::inherit())
        .output()
        .await?;
    ensure!(output.status.success(), "a contestant failed");
    Ok(Run {
        process: serde_json::from_slice(&output.stdout)?,
        backends: backends.stop().await?,
    })
}

/// Is the process of a contestant.
///
/// # Errors
/// It failed.
pub async fn work(args: ContestantArgs) -> Result<()> {
    let usage = match args.contestant {
        Contestant::Ours => ours::run(args.addresses, args.agents).await?,
        Contestant::Floor => floor::run(args.addresses, args.agents).await?,
    };
    println!("{}", serde_json::to_string(&usage)?);
    Ok(())
}
