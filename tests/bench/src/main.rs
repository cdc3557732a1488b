//! `cargo run --release -p bench -- SCENARIO`: measures how fast the service is, beside what else could be done, and writes down
//! what it costs and how far it scales.
//!
//! - Measurements: [`drain`], [`peer`], [`cold_start`], [`load`]; each has its tables and goals. [`results`] keeps them.
//! - What they measure on: [`roster`] (agents), [`backends`] (DynamoDB and SQS), [`process`], [`usage`].
//! - Documents: [`document`] (a file with generated blocks), [`documents`] (which block holds what), [`costs`] (the ledger's
//!   tables), [`scaling`] (arithmetic from counts and published limits).
#![expect(clippy::cast_precision_loss, reason = "counts are far below 2^53")]

mod backends;
mod cold_start;
mod costs;
mod document;
mod documents;
mod drain;
mod load;
mod peer;
mod process;
mod results;
mod roster;
mod scaling;
mod usage;

use std::process::ExitCode;

use anyhow::{Result, ensure};
use clap::{Parser, Subcommand};

use backends::BackendsArgs;
use drain::ContestantArgs;
use results::Results;

/// Counts what the service costs, and measures how fast it is. Results go to docs/performance/results.json and from there, with
/// the ledger, to docs/performance.md, docs/performance/tables.md and docs/scaling.md.
#[derive(Parser)]
struct Args {
    #[command(subcommand)]
    scenario: Scenario,
}

#[derive(Subcommand)]
enum Scenario {
    /// All of them; takes half an hour on two cores, and the machine for itself.
    All,
    /// What requests and events cost; also writes the ledger that the tests compare with.
    Ledger,
    /// How fast jobs of up to a million agents are worked off, beside the same calls without any logic.
    Drain,
    /// What a team would write instead, in Python: needs Python 3.11 or later.
    Peer,
    /// From the start of a function's process to its first poll and its first answer.
    ColdStart,
    /// Many callers at once, one tenant flooding the service.
    Load,
    /// Writes the documents from the ledger and the results of earlier runs; measures nothing.
    Documents,
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

async fn run(scenario: Scenario) -> Result<()> {
    let mut results = Results::read()?;
    match scenario {
        Scenario::All => {
            let is_recorded = ledger::count_all().await? == ledger::recorded()?;
            ensure!(
                is_recorded,
                "the ledger has changed; if that is meant, run `bench ledger`"
            );
            results.cold_start = cold_start::measure().await?;
            results.write()?;
            results.drain = drain::measure().await?;
            results.write()?;
            results.peer = peer::measure().await?;
            results.write()?;
            results.load = load::measure().await?;
        }
        Scenario::Ledger => {
            ledger::record(&ledger::count_all().await?)?;
            println!("ledger.jsonl is written; `bench documents` takes it over");
            return Ok(());
        }
        Scenario::Drain => results.drain = drain::measure().await?,
        Scenario::Peer => results.peer = peer::measure().await?,
        Scenario::ColdStart => results.cold_start = cold_start::measure().await?,
        Scenario::Load => results.load = load::measure().await?,
        Scenario::Documents => {}
        Scenario::Backends(args) => return backends::serve(args).await,
        Scenario::Contestant(args) => return drain::work(args).await,
        Scenario::Local(args) => return local::program::run(&args).await,
    }
    results.write()?;
    let ledger = ledger::recorded()?;
    for document in documents::generate(&results, &ledger)? {
        document.write()?;
    }
    println!("{}", documents::goals(&results, &ledger));
    Ok(())
}
