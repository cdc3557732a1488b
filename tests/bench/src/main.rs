//! `cargo run --release -p bench -- SCENARIO`: results on the terminal, and in `docs/performance.md`.

use std::process::ExitCode;

use anyhow::{Context, Result, ensure};
use bench::backends::{self, BackendsArgs};
use bench::drain::{self, ContestantArgs};
use bench::results::{Results, docs};
use bench::{cold_start, ledger, load, peer, scaling};
use clap::{Parser, Subcommand};
use tokio::process::Command;

/// Counts what the service costs, and measures how fast it is. Results go to the terminal, to docs/performance.md and its
/// plots, to docs/performance/results.json, and to docs/scaling.md.
#[derive(Parser)]
struct Args {
    #[command(subcommand)]
    scenario: Scenario,
}

#[derive(Subcommand)]
enum Scenario {
    /// All of them; takes half an hour on two cores, and the machine for itself.
    All,
    /// What requests cost, in calls, capacity units and round trips; also writes what the test holds it to.
    Ledger,
    /// How fast jobs of up to a million agents are worked off, beside a floor.
    Drain,
    /// What a team would write instead, in Python: needs Python 3.11 or later.
    Peer,
    /// From the start of a function's process to its first poll and its first answer.
    ColdStart {
        /// Start this build of a function too; may be given more than once
        #[arg(long, value_name = "FUNCTION=BINARY")]
        also: Vec<String>,
    },
    /// Many callers at once, one tenant flooding: needs `wrk`.
    Load,
    /// Limits on paper: what a job takes on AWS. Computed, not measured; to docs/scaling.md.
    Scaling,
    /// A process of a measurement.
    #[command(hide = true)]
    Backends(BackendsArgs),
    /// A process of a measurement.
    #[command(hide = true)]
    Contestant(ContestantArgs),
    /// A process of a measurement.
    #[command(hide = true)]
    Local(local::args::Args),
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(Args::parse().scenario).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bench: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Before half an hour is spent on what comes first.
async fn require(program: &str) -> Result<()> {
    let ran = Command::new(program).arg("--version").output().await;
    ran.with_context(|| format!("{program} is not on the path; Debian has it as `{program}`"))?;
    Ok(())
}

async fn run(scenario: Scenario) -> Result<()> {
    let mut results = Results::load()?;
    match scenario {
        Scenario::All => {
            for program in ["python3", "wrk"] {
                require(program).await?;
            }
            results.ledger = ledger::count_all().await?;
            let recorded = ledger::recorded()? == results.ledger;
            ensure!(
                recorded,
                "the ledger has changed; if that is meant, run `bench ledger`"
            );
            results.cold_start = Some(cold_start::measure(&[]).await?);
            results.save()?;
            results.drain = drain::measure_all().await?;
            results.save()?;
            results.peer = peer::measure_all().await?;
            results.save()?;
            results.load = Some(load::measure().await?);
        }
        Scenario::Ledger => {
            results.ledger = ledger::count_all().await?;
            ledger::record(&results.ledger)?;
        }
        Scenario::Drain => results.drain = drain::measure_all().await?,
        Scenario::Peer => results.peer = peer::measure_all().await?,
        Scenario::ColdStart { also } => {
            results.cold_start = Some(cold_start::measure(&also).await?);
        }
        Scenario::Load => {
            require("wrk").await?;
            results.load = Some(load::measure().await?);
        }
        Scenario::Scaling => {}
        Scenario::Backends(args) => return backends::serve(args).await,
        Scenario::Contestant(args) => return drain::work(args).await,
        Scenario::Local(args) => return local::program::run(&args).await,
    }
    let (performance, scaling) = (results.document(), scaling::document());
    println!("{}", performance.to_terminal());
    println!("{}", scaling.to_terminal());
    scaling.write_into(&docs())?;
    results.save()
}
