//! The stream of a table, read as Lambda's event source mapping reads it: in order, through a filter.

use anyhow::{Context, Result, anyhow};
use aws_lambda_events::dynamodb::EventRecord;
use dynoxide::Database;
use dynoxide::streams::shard_id;
use serde_json::{Value, json};

/// A position in the only shard that a stream of the embedded DynamoDB has.
pub struct StreamReader {
    database: Database,
    filter: Value,
    arn: String,
    shard_id: String,
    iterator: Option<String>,
}

impl StreamReader {
    /// Opens a table's stream before its oldest record. Only records that match `filter`, a pattern of Lambda's event
    /// filtering, will be read.
    ///
    /// # Errors
    /// The table has no stream.
    pub fn open(database: Database, table: &str, filter: &str) -> Result<Self> {
        let filter = serde_json::from_str(filter).context("the filter is not JSON")?;
        let stream = request(&json!({ "TableName": table }));
        let streams = database.list_streams(stream?).map_err(reason)?;
        let stream = streams.streams.into_iter().next();
        let stream = stream.with_context(|| format!("the table {table} has no stream"))?;
        let shard_id = shard_id(table);
        let oldest = database.get_shard_iterator(request(&json!({
            "StreamArn": stream.stream_arn,
            "ShardId": shard_id,
            "ShardIteratorType": "TRIM_HORIZON",
        }))?);
        Ok(Self {
            iterator: oldest.map_err(reason)?.shard_iterator,
            database,
            filter,
            arn: stream.stream_arn,
            shard_id,
        })
    }

    /// The stream.
    #[must_use]
    pub fn arn(&self) -> &str {
        &self.arn
    }

    /// Its shard.
    #[must_use]
    pub fn shard_id(&self) -> &str {
        &self.shard_id
    }

    /// The next records, at most a thousand; `None` if there are none. Blocks.
    ///
    /// # Errors
    /// The database refused, or a record is not as Lambda's are.
    pub fn read(&mut self) -> Result<Option<Vec<EventRecord>>> {
        let next = request(&json!({ "ShardIterator": self.iterator }));
        let read = self.database.get_records(next?).map_err(reason)?;
        if read.records.is_empty() {
            return Ok(None);
        }
        let mut records = Vec::new();
        for record in read.records {
            let record = serde_json::to_value(record)?;
            if matches(&self.filter, Some(&record)) {
                records.push(serde_json::from_value(record)?);
            }
        }
        self.iterator = read.next_shard_iterator;
        Ok(Some(records))
    }
}

fn request<T: serde::de::DeserializeOwned>(request: &Value) -> Result<T> {
    T::deserialize(request).context("a request to the embedded DynamoDB")
}

fn reason(error: impl std::fmt::Display) -> anyhow::Error {
    anyhow!("the embedded DynamoDB: {error}")
}

/// Lambda's event filtering, as far as it is used: an object must match in each of its keys, and a list in one of its
/// rules (AWS Lambda Developer Guide, "Filter rule syntax").
fn matches(pattern: &Value, value: Option<&Value>) -> bool {
    match pattern {
        Value::Object(keys) => keys
            .iter()
            .all(|(key, pattern)| matches(pattern, value.and_then(|value| value.get(key)))),
        Value::Array(rules) => rules.iter().any(|rule| matches_rule(rule, value)),
        _ => false,
    }
}

fn matches_rule(rule: &Value, value: Option<&Value>) -> bool {
    let anything_but = rule.get("anything-but").and_then(Value::as_array);
    match (rule.get("exists"), anything_but) {
        (Some(exists), _) => *exists == value.is_some(),
        (_, Some(others)) => value.is_some_and(|value| !others.contains(value)),
        _ => value == Some(rule),
    }
}

#[cfg(test)]
mod tests {
    use domain::agents::Statuses;
    use store::pending_logout_records;

    use super::*;

    fn image(status: &str, pending: &Value) -> Value {
        json!({ "dynamodb": { "NewImage": {
            "agent_status": { "S": status },
            "pending_logout": pending,
        }}})
    }

    #[test]
    fn only_pending_logouts_of_agents_who_are_not_busy_match() {
        let filter = serde_json::from_str(&pending_logout_records(&Statuses::default())).unwrap();
        let pending = json!({ "M": { "online_since": { "N": "1" }, "request": { "S": "r" } } });
        for (record, pass) in [
            (image("Break", &pending), true),
            (image("Offline", &pending), true),
            (image("In-call", &pending), false),
            (image("In-chat", &pending), false),
            (image("Break", &Value::Null), false),
            (image("Break", &json!({ "S": "soon" })), false),
            (json!({ "dynamodb": { "OldImage": {} } }), false),
        ] {
            assert_eq!(matches(&filter, Some(&record)), pass, "{record}");
        }
    }

    #[test]
    fn one_rule_of_a_key_must_match_and_every_key() {
        let pattern = json!({ "a": ["x", { "exists": false }], "b": [{ "anything-but": ["y"] }] });
        for (value, pass) in [
            (json!({ "a": "x", "b": "x" }), true),
            (json!({ "b": "x" }), true),
            (json!({ "a": "y", "b": "x" }), false),
            (json!({ "a": "x", "b": "y" }), false),
            (json!({ "a": "x" }), false),
        ] {
            assert_eq!(matches(&pattern, Some(&value)), pass, "{value}");
        }
    }
}
