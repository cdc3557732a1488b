//! What a case costs.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use tests::meter::Meter;

/// Calls, and what DynamoDB charged for them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Cost {
    /// The longest chain of calls of which each waited for the one before; only known of an answer.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub round_trips: Option<usize>,
    /// How often each operation was called, in the order of their names.
    pub calls: BTreeMap<String, usize>,
    /// Write units of tables.
    pub table_writes: f64,
    /// Write units of indexes.
    pub index_writes: f64,
    /// Read units of tables and indexes.
    pub reads: f64,
}

impl Cost {
    /// Adds up what a meter counted.
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

    /// Both together; round trips stay those of the first.
    #[must_use]
    pub fn plus(&self, other: &Self) -> Self {
        let mut sum = self.clone();
        for (operation, count) in &other.calls {
            *sum.calls.entry(operation.clone()).or_default() += count;
        }
        sum.table_writes += other.table_writes;
        sum.index_writes += other.index_writes;
        sum.reads += other.reads;
        sum
    }

    /// All calls.
    #[must_use]
    pub fn call_count(&self) -> f64 {
        self.calls.values().map(|count| *count as f64).sum()
    }

    /// Calls of one operation.
    #[must_use]
    pub fn calls_of(&self, operation: &str) -> f64 {
        self.calls.get(operation).map_or(0.0, |count| *count as f64)
    }
}
