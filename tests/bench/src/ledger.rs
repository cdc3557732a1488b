//! What requests cost, in calls and capacity units: counts, which do not depend on the machine.

mod case;
mod section;

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};
use tests::meter::Meter;

use crate::progress;

pub use case::{Case, Selector};
pub use section::{all_goals, write};

/// What is kept in the repository, and held to by a test.
const RECORDED: &str = include_str!("../ledger.jsonl");

/// What a case costs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// The case.
    #[serde(flatten)]
    pub case: Case,
    /// What was asked for until the caller has an answer.
    pub answer: Cost,
    /// What the worker does after that, if the answer is a job.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub work: Option<Cost>,
}

/// Calls and what DynamoDB charged for them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Cost {
    /// The longest chain of calls of which each waited for the one before; only told of an answer.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub round_trips: Option<usize>,
    /// How often each operation was called, in the order of their names.
    pub calls: std::collections::BTreeMap<String, usize>,
    /// Write units of tables.
    pub table_writes: f64,
    /// Write units of indexes.
    pub index_writes: f64,
    /// Read units of tables and indexes.
    pub reads: f64,
}

impl Cost {
    /// Sums up what a meter saw.
    #[must_use]
    pub fn of(meter: &Meter) -> Self {
        let mut cost = Self::default();
        for call in &meter.calls {
            *cost.calls.entry(call.operation.clone()).or_default() += 1;
        }
        for operation in cost.calls.keys() {
            let (table, index) = (meter.table_units(operation), meter.index_units(operation));
            match operation.as_str() {
                "GetItem" | "Query" | "BatchGetItem" => cost.reads += table + index,
                _ => {
                    cost.table_writes += table;
                    cost.index_writes += index;
                }
            }
        }
        cost
    }

    /// All calls.
    #[must_use]
    pub fn call_count(&self) -> usize {
        self.calls.values().sum()
    }
}

impl Entry {
    /// Answer and work together.
    #[must_use]
    pub fn whole(&self) -> Cost {
        let mut whole = self.answer.clone();
        if let Some(work) = &self.work {
            for (operation, count) in &work.calls {
                *whole.calls.entry(operation.clone()).or_default() += count;
            }
            whole.table_writes += work.table_writes;
            whole.index_writes += work.index_writes;
            whole.reads += work.reads;
        }
        whole
    }
}

/// The ledger that is kept in the repository.
///
/// # Errors
/// It is unreadable.
pub fn recorded() -> Result<Vec<Entry>> {
    let lines = RECORDED.lines();
    lines
        .map(|line| serde_json::from_str(line).context("a line of the ledger is unreadable"))
        .collect()
}

/// Counts every case.
///
/// # Errors
/// A request was not answered as it should be.
pub async fn count_all() -> Result<Vec<Entry>> {
    let cases = Case::all();
    let bar = progress::bar("ledger", cases.len());
    let mut entries = Vec::new();
    for case in cases {
        bar.set_message(case.to_string());
        entries.push(case.count().await?);
        bar.inc(1);
    }
    bar.finish_and_clear();
    Ok(entries)
}

/// Writes the ledger to the file that is kept in the repository.
///
/// # Errors
/// The file cannot be written.
pub fn record(entries: &[Entry]) -> Result<()> {
    let mut text = String::new();
    for entry in entries {
        text += &serde_json::to_string(entry)?;
        text += "\n";
    }
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/ledger.jsonl");
    std::fs::write(file, text).with_context(|| format!("cannot write {file}"))
}
