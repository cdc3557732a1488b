//! What the calls of a scenario cost: how many, how many in a row, and the capacity DynamoDB says it charged.

use serde_json::{Value, json};

/// A call that was answered.
#[derive(Clone, Debug)]
pub struct Finished {
    /// The API operation.
    pub operation: String,
    /// When it was sent, in ticks. Every start and every end is one tick.
    pub started: u64,
    /// When it was answered, in ticks.
    pub ended: u64,
    /// What DynamoDB charged, as its answers say it.
    pub consumed_capacity: Value,
}

/// The calls since the meter was last taken.
#[derive(Clone, Debug, Default)]
pub struct Meter {
    /// In the order in which they were answered.
    pub calls: Vec<Finished>,
}

/// What DynamoDB charged for a call. A write whose condition fails costs as much as if it were applied, which is one unit for
/// each item here (Amazon DynamoDB Developer Guide, "Write capacity units"); no answer contains that.
pub(crate) fn consumed_capacity(reply: &Value) -> Value {
    let failed = |code: &Value| code == "ConditionalCheckFailed";
    let is_failure = |kind: &str| kind.ends_with("ConditionalCheckFailedException");
    let members = reply["Responses"].as_array().into_iter().flatten();
    let mut failures = members
        .filter(|member| failed(&member["Error"]["Code"]))
        .count();
    failures += usize::from(reply["__type"].as_str().is_some_and(is_failure));
    let mut charges = match &reply["ConsumedCapacity"] {
        Value::Array(charges) => charges.clone(),
        Value::Null => Vec::new(),
        charge => vec![charge.clone()],
    };
    charges.extend((0..failures).map(|_| json!({ "Table": { "CapacityUnits": 1 } })));
    Value::Array(charges)
}

impl Meter {
    /// How often an operation was called.
    #[must_use]
    pub fn count(&self, operation: &str) -> usize {
        self.calls
            .iter()
            .filter(|call| call.operation == operation)
            .count()
    }

    /// The longest chain of calls of which each began after the one before was answered.
    #[must_use]
    pub fn sequential_round_trips(&self) -> usize {
        let mut by_end = self.calls.clone();
        by_end.sort_by_key(|call| call.ended);
        let mut depths: Vec<(u64, usize)> = Vec::new();
        for call in by_end {
            let before = depths
                .iter()
                .filter(|(ended, _)| *ended < call.started)
                .map(|(_, depth)| *depth)
                .max();
            depths.push((call.ended, before.unwrap_or(0) + 1));
        }
        depths
            .into_iter()
            .map(|(_, depth)| depth)
            .max()
            .unwrap_or(0)
    }

    /// Capacity units charged to tables by an operation.
    #[must_use]
    pub fn table_units(&self, operation: &str) -> f64 {
        self.sum(operation, |charge| units(&charge["Table"]))
    }

    /// Capacity units charged to indexes by an operation.
    #[must_use]
    pub fn index_units(&self, operation: &str) -> f64 {
        self.sum(operation, |charge| {
            let indexes = charge["GlobalSecondaryIndexes"].as_object();
            indexes.map_or(0.0, |indexes| indexes.values().map(units).sum())
        })
    }

    fn sum(&self, operation: &str, of_charge: fn(&Value) -> f64) -> f64 {
        let calls = self.calls.iter().filter(|call| call.operation == operation);
        calls
            .filter_map(|call| call.consumed_capacity.as_array())
            .flatten()
            .map(of_charge)
            .sum()
    }
}

fn units(charge: &Value) -> f64 {
    charge["CapacityUnits"].as_f64().unwrap_or(0.0)
}
