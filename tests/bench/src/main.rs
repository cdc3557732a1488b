//! `cargo run --release -p bench -- SCENARIO`: results on the terminal, and in `docs/performance.md`.

use std::process::ExitCode;

use anyhow::Result;
use bench::results::{Results, docs};
use bench::scaling;
use clap::{Parser, Subcommand};

/// Counts what the service costs, and measures how fast it is. Results go to the terminal, to docs/performance.md and its
/// plots, and to docs/performance/results.json.
#[derive(Parser)]
struct Args {
    #[command(subcommand)]
    scenario: Scenario,
}

#[derive(Clone, Copy, Subcommand)]
enum Scenario {
    /// All of them.
    All,
    /// Limits on paper: what a job takes on AWS. Computed, not measured; to docs/scaling.md.
    Scaling,
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
    let results = Results::load()?;
    match scenario {
        Scenario::All => {}
        Scenario::Scaling => return limits_on_paper(),
    }
    results.save()
}

fn limits_on_paper() -> Result<()> {
    let document = scaling::document()?;
    println!("{}", document.to_terminal());
    Ok(document.write_into(&docs())?)
}
