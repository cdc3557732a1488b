//! `cargo run --release -p bench -- SCENARIO`: results on the terminal, and in `docs/performance.md`.

use std::process::ExitCode;

use anyhow::Result;
use bench::cold_start;
use bench::results::Results;
use clap::{Parser, Subcommand};

/// Counts what the service costs, and measures how fast it is. Results go to the terminal, to docs/performance.md and its
/// plots, and to docs/performance/results.json.
#[derive(Parser)]
struct Args {
    #[command(subcommand)]
    scenario: Scenario,
}

#[derive(Subcommand)]
enum Scenario {
    /// All of them.
    All,
    /// From the start of a function's process to its first poll and its first answer.
    ColdStart {
        /// Start this build of a function too; may be given more than once
        #[arg(long, value_name = "FUNCTION=BINARY")]
        also: Vec<String>,
    },
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

async fn run(scenario: Scenario) -> Result<()> {
    let mut results = Results::load()?;
    match scenario {
        Scenario::All => results.cold_start = Some(cold_start::measure(&[]).await?),
        Scenario::ColdStart { also } => {
            results.cold_start = Some(cold_start::measure(&also).await?);
        }
    }
    results.save()
}
