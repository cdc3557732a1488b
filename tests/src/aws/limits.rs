//! The limits of AWS for one call, which the embedded DynamoDB and SQS do not all enforce.

use std::collections::HashSet;

use serde_json::Value;

/// Amazon DynamoDB API Reference, `BatchExecuteStatement`.
const MAX_STATEMENTS: usize = 25;
/// Amazon DynamoDB API Reference, `BatchGetItem`.
const MAX_BATCH_GET: usize = 100;
/// Amazon DynamoDB API Reference, `BatchWriteItem`.
const MAX_BATCH_WRITE: usize = 25;
/// Amazon DynamoDB API Reference, `TransactWriteItems` and `ExecuteTransaction`.
const MAX_TRANSACTION: usize = 100;
/// Amazon DynamoDB Developer Guide, "Quotas": the size of an item, with the names of its attributes.
const MAX_ITEM_BYTES: usize = 400 * 1024;
/// Amazon SQS API Reference, `SendMessageBatch`.
const MAX_MESSAGES: usize = 10;
/// Amazon SQS Developer Guide, "Message quotas": one message, and all messages of a batch together.
const MAX_MESSAGE_BYTES: usize = 1024 * 1024;

/// The primary keys of the service's tables. The longer ones come first, because agents have an `agent_id` too.
const PRIMARY_KEYS: [&[&str]; 4] = [
    &["team_key", "agent_id"],
    &["job_key", "part"],
    &["agent_key"],
    &["token_id"],
];

/// The limit that a call breaks, if it breaks one.
pub(crate) fn broken_limit(operation: &str, request: &Value) -> Option<String> {
    let checked = match operation {
        "BatchExecuteStatement" => count(&request["Statements"], MAX_STATEMENTS, "statements"),
        "ExecuteTransaction" => count(
            &request["TransactStatements"],
            MAX_TRANSACTION,
            "statements",
        ),
        "BatchGetItem" => batch_get(request),
        "BatchWriteItem" => batch_write(request),
        "TransactWriteItems" => transaction(request),
        "PutItem" => item_size(&request["Item"]),
        "SendMessage" => message_bytes(text_bytes(&request["MessageBody"])),
        "SendMessageBatch" => message_batch(request),
        _ => Ok(()),
    };
    let broken = checked.err()?;
    Some(format!("{operation}: {broken}"))
}

fn count(members: &Value, max: usize, what: &str) -> Result<(), String> {
    between_one_and(max, elements(members).len(), what)
}

fn between_one_and(max: usize, count: usize, what: &str) -> Result<(), String> {
    if (1..=max).contains(&count) {
        return Ok(());
    }
    Err(format!("{count} {what}, of 1 to {max}"))
}

fn batch_get(request: &Value) -> Result<(), String> {
    let keys = by_table(&request["RequestItems"], |wanted| &wanted["Keys"]);
    between_one_and(MAX_BATCH_GET, keys.len(), "keys")?;
    distinct(
        keys.iter().map(|(table, key)| format!("{table} {key}")),
        "key",
    )
}

fn batch_write(request: &Value) -> Result<(), String> {
    let writes = by_table(&request["RequestItems"], |writes| writes);
    between_one_and(MAX_BATCH_WRITE, writes.len(), "writes")?;
    for (_, write) in &writes {
        item_size(&write["PutRequest"]["Item"])?;
    }
    let keys = writes.iter().map(|(table, write)| {
        let item = if write["PutRequest"].is_null() {
            &write["DeleteRequest"]["Key"]
        } else {
            &write["PutRequest"]["Item"]
        };
        format!("{table} {}", primary_key(item))
    });
    distinct(keys, "key")
}

fn transaction(request: &Value) -> Result<(), String> {
    let actions = elements(&request["TransactItems"]);
    between_one_and(MAX_TRANSACTION, actions.len(), "actions")?;
    // Each action is an object with one key: `Put` has an item, the others have a key.
    let actions: Vec<_> = actions.iter().filter_map(Value::as_object).collect();
    let actions = || actions.iter().flat_map(|action| action.values());
    for action in actions() {
        item_size(&action["Item"])?;
    }
    let keys = actions().map(|action| {
        let item = if action["Item"].is_null() {
            &action["Key"]
        } else {
            &action["Item"]
        };
        format!("{} {}", action["TableName"], primary_key(item))
    });
    distinct(keys, "key")
}

fn message_batch(request: &Value) -> Result<(), String> {
    let entries = elements(&request["Entries"]);
    between_one_and(MAX_MESSAGES, entries.len(), "entries")?;
    distinct(entries.iter().map(|entry| entry["Id"].to_string()), "id")?;
    let bytes = entries
        .iter()
        .map(|entry| text_bytes(&entry["MessageBody"]));
    message_bytes(bytes.sum())
}

fn message_bytes(bytes: usize) -> Result<(), String> {
    if bytes <= MAX_MESSAGE_BYTES {
        return Ok(());
    }
    Err(format!("{bytes} bytes, of at most {MAX_MESSAGE_BYTES}"))
}

fn distinct(keys: impl Iterator<Item = String>, what: &str) -> Result<(), String> {
    let mut seen = HashSet::new();
    for key in keys {
        if let Some(twice) = seen.replace(key) {
            return Err(format!("the {what} {twice} stands there twice"));
        }
    }
    Ok(())
}

fn item_size(item: &Value) -> Result<(), String> {
    let bytes = attribute_bytes(item);
    if bytes <= MAX_ITEM_BYTES {
        return Ok(());
    }
    Err(format!(
        "an item of {bytes} bytes, of at most {MAX_ITEM_BYTES}"
    ))
}

/// At least what DynamoDB counts: the text of names and values, and what JSON writes between them.
fn attribute_bytes(item: &Value) -> usize {
    if item.is_null() {
        0
    } else {
        item.to_string().len()
    }
}

fn primary_key(item: &Value) -> String {
    let has_all = |key: &&&[&str]| key.iter().all(|name| !item[*name].is_null());
    match PRIMARY_KEYS.iter().find(has_all) {
        Some(key) => {
            let named = key.iter().map(|name| format!("{name}={}", item[*name]));
            named.collect::<Vec<String>>().join(" ")
        }
        None => item.to_string(),
    }
}

/// Each member of a request that is grouped by table, with its table.
fn by_table<'a>(
    tables: &'a Value,
    members: impl Fn(&'a Value) -> &'a Value,
) -> Vec<(&'a str, &'a Value)> {
    let tables = tables.as_object().into_iter().flatten();
    let members = tables.flat_map(|(table, request)| {
        let members = elements(members(request)).iter();
        members.map(move |member| (table.as_str(), member))
    });
    members.collect()
}

fn elements(list: &Value) -> &[Value] {
    list.as_array().map_or(&[], Vec::as_slice)
}

fn text_bytes(text: &Value) -> usize {
    text.as_str().map_or(0, str::len)
}

#[cfg(test)]
mod tests;
