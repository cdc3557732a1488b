//! `cargo run --release -p bench -- SCENARIO`: results on the terminal, and in `docs/performance.md`.

use std::process::ExitCode;

use anyhow::Result;
use bench::ledger;
use bench::results::Results;
use clap::{Parser, Subcommand};

/// Counts what the service costs, and measures how fast it is. Results go to the terminal, to docs/performance.md and its
/// plots, and to docs/performance/results.json.
#[derive(Parser)]
struct Args {
    #[command(subcommand)]
    scenario: Scenario,
}

#[derive(Clone, Copy, PartialEq, Eq, Subcommand)]
enum Scenario {
    /// All of them.
    All,
    /// What requests cost, in calls, capacity units and round trips; also writes what the test holds it to.
    Ledger,
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
    let is_meant = |one| scenario == Scenario::All || scenario == one;
    if is_meant(Scenario::Ledger) {
        results.ledger = ledger::count_all().await?;
        ledger::record(&results.ledger)?;
    }
    println!("{}", results.document().to_terminal());
    results.save()
}
