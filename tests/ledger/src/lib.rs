//! What requests and presence events cost, in AWS calls, capacity units and round trips. Counts do not depend on the machine, so
//! this crate's tests compare every one of them exactly with `ledger.jsonl`: `cargo test -p ledger` up to jobs of 1,000 agents,
//! with `--features long` up to 100,000.
//!
//! [`Case`] says what is counted, [`Cost`] is what it costs, [`goals`] holds what it should cost at most.
#![expect(clippy::cast_precision_loss, reason = "counts are far below 2^53")]

mod case;
mod cost;
mod counting;
pub mod goals;

use std::ops::RangeInclusive;

use anyhow::{Context, Result, ensure};
use serde::{Deserialize, Serialize};

pub use case::{Case, Event, Selector};
pub use cost::Cost;
pub use counting::numbered_agent;

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/ledger.jsonl");
const RECORDED: &str = include_str!("../ledger.jsonl");

/// What a case costs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// The case.
    #[serde(flatten)]
    pub case: Case,
    /// Of a request, until the caller has an answer; of events, until all are handled.
    pub answer: Cost,
    /// What the worker does after that, if the answer is a job.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub work: Option<Cost>,
}

impl Entry {
    /// Answer and work together.
    #[must_use]
    pub fn whole(&self) -> Cost {
        let work = self.work.clone().unwrap_or_default();
        self.answer.plus(&work)
    }
}

/// The ledger as it stands in the repository.
///
/// # Errors
/// A line is unreadable.
pub fn recorded() -> Result<Vec<Entry>> {
    let entry = |line| serde_json::from_str(line).context("a line of ledger.jsonl is unreadable");
    RECORDED.lines().map(entry).collect()
}

/// Counts every case; takes minutes. Each is named on standard error before it is counted.
///
/// # Errors
/// A request was not answered as it should be.
pub async fn count_all() -> Result<Vec<Entry>> {
    let mut entries = Vec::new();
    for case in Case::all() {
        eprintln!("ledger: {case}");
        entries.push(case.count().await?);
    }
    Ok(entries)
}

/// Writes the ledger that stands in the repository.
///
/// # Errors
/// The file cannot be written.
pub fn record(entries: &[Entry]) -> Result<()> {
    let lines = entries.iter().map(serde_json::to_string);
    let lines: Vec<String> = lines.collect::<Result<_, _>>()?;
    std::fs::write(FILE, lines.join("\n") + "\n").with_context(|| format!("cannot write {FILE}"))
}

/// Counts the cases with that many agents, and compares them with the recorded ones.
///
/// # Errors
/// A count differs, the ledger has other cases than the code, or a request was not answered as it should be.
pub async fn compare_with_recorded(agents: RangeInclusive<u32>) -> Result<()> {
    let entries = recorded()?;
    let cases: Vec<Case> = entries.iter().map(|entry| entry.case).collect();
    ensure!(
        cases == Case::all(),
        "ledger.jsonl has other cases than the code"
    );
    for entry in entries {
        if agents.contains(&entry.case.agents()) {
            let counted = entry.case.count().await?;
            let case = entry.case;
            ensure!(
                counted == entry,
                "{case}: counted {counted:?}, recorded {entry:?}"
            );
        }
    }
    Ok(())
}
