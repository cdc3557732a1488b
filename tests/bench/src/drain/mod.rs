//! How fast a job is worked off, beside a floor: the very same calls with no logic around them.

pub mod floor;
mod open_messages;
mod ours;
mod section;

use anyhow::{Context, Result, ensure};
use clap::{Args, ValueEnum};
use serde::{Deserialize, Serialize};
use tokio::process::Command;

use crate::backends::{Addresses, Backends};
use crate::progress;
use crate::roster::{Roster, RosterFile};
use crate::usage::Usage;

pub use section::write;

/// Jobs of so many agents, and how often each is worked off by either, in turn.
const SIZES: [(u32, usize); 4] = [(1_000, 5), (10_000, 5), (100_000, 3), (1_000_000, 1)];

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
    /// So often it was worked off.
    pub runs: usize,
    /// What the service used: the run of the median time.
    pub ours: Run,
    /// What the floor used, likewise.
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
    let rounds: usize = SIZES.iter().map(|(_, runs)| runs).sum();
    let bar = progress::bar("drain", 2 * rounds);
    let mut drains = Vec::new();
    for (agents, runs) in SIZES {
        bar.set_message(format!("{agents} agents"));
        let roster = Roster {
            count: agents,
            busy_one_in: None,
        };
        let file = roster.make(false).await?;
        let (mut ours, mut floor) = (Vec::new(), Vec::new());
        for _ in 0..runs {
            ours.push(run(Contestant::Ours, agents, &file).await?);
            bar.inc(1);
            floor.push(run(Contestant::Floor, agents, &file).await?);
            bar.inc(1);
        }
        drains.push(Drain {
            agents,
            runs,
            ours: median(ours),
            floor: median(floor),
        });
    }
    bar.finish_and_clear();
    Ok(drains)
}

/// The run of the median time; there is at least one.
fn median(mut runs: Vec<Run>) -> Run {
    runs.sort_by(|one, other| one.process.seconds.total_cmp(&other.process.seconds));
    runs[runs.len() / 2]
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
