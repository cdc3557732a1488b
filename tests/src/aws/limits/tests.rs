use serde_json::{Value, json};

use super::broken_limit;
use crate::{Act, TestStack, agent};

fn list(members: usize, member: impl Fn(usize) -> Value) -> Value {
    (0..members).map(member).collect()
}

fn agent_key(id: usize) -> Value {
    json!({ "agent_key": { "S": format!("acme#{id}") } })
}

fn message_batch(bodies: &[usize]) -> Value {
    let entry =
        |index: usize| json!({ "Id": index.to_string(), "MessageBody": "x".repeat(bodies[index]) });
    json!({ "Entries": list(bodies.len(), entry) })
}

fn batch_get(keys: usize) -> Value {
    json!({ "RequestItems": { "agents": { "Keys": list(keys, agent_key) } } })
}

fn batch_write(items: usize) -> Value {
    let put = |id| json!({ "PutRequest": { "Item": agent_key(id) } });
    json!({ "RequestItems": { "agents": list(items, put) } })
}

fn transaction(actions: usize) -> Value {
    let update = |id| json!({ "Update": { "TableName": "agents", "Key": agent_key(id) } });
    json!({ "TransactItems": list(actions, update) })
}

fn statements(count: usize) -> Value {
    json!({ "Statements": list(count, |_| json!({ "Statement": "UPDATE" })) })
}

/// An item with this many bytes of JSON.
fn item(bytes: usize) -> Value {
    let empty = json!({ "agent_key": { "S": "1" }, "name": { "S": "" } });
    let length = bytes - empty.to_string().len();
    json!({ "agent_key": { "S": "1" }, "name": { "S": "x".repeat(length) } })
}

#[test]
fn the_largest_allowed_calls_break_no_limit() {
    let allowed = [
        ("BatchExecuteStatement", statements(25)),
        ("BatchGetItem", batch_get(100)),
        ("BatchWriteItem", batch_write(25)),
        ("TransactWriteItems", transaction(100)),
        ("SendMessageBatch", message_batch(&[1; 10])),
        ("SendMessageBatch", message_batch(&[1024 * 1024 - 1, 1])),
        (
            "SendMessage",
            json!({ "MessageBody": "x".repeat(1024 * 1024) }),
        ),
        ("PutItem", json!({ "Item": item(400 * 1024) })),
        ("Query", json!({})),
    ];
    for (operation, request) in allowed {
        assert_eq!(broken_limit(operation, &request), None);
    }
}

#[test]
fn one_more_breaks_the_limit() {
    let put = json!({ "PutRequest": { "Item": item(400 * 1024 + 1) } });
    let refused = [
        (
            "BatchExecuteStatement",
            statements(26),
            "26 statements, of 1 to 25",
        ),
        ("BatchGetItem", batch_get(101), "101 keys, of 1 to 100"),
        ("BatchWriteItem", batch_write(26), "26 writes, of 1 to 25"),
        (
            "BatchWriteItem",
            json!({ "RequestItems": { "agents": [put] } }),
            "an item of 409601 bytes",
        ),
        (
            "TransactWriteItems",
            transaction(101),
            "101 actions, of 1 to 100",
        ),
        (
            "SendMessageBatch",
            message_batch(&[1; 11]),
            "11 entries, of 1 to 10",
        ),
        (
            "SendMessageBatch",
            message_batch(&[1024 * 1024, 1]),
            "1048577 bytes, of at most 1048576",
        ),
        (
            "SendMessage",
            json!({ "MessageBody": "x".repeat(1024 * 1024 + 1) }),
            "1048577 bytes",
        ),
        (
            "PutItem",
            json!({ "Item": item(400 * 1024 + 1) }),
            "an item of 409601 bytes",
        ),
    ];
    for (operation, request, expected) in refused {
        let broken = broken_limit(operation, &request).unwrap();
        assert!(
            broken.starts_with(&format!("{operation}: {expected}")),
            "{broken}"
        );
    }
}

#[test]
fn an_empty_batch_breaks_the_limit() {
    for operation in [
        "BatchExecuteStatement",
        "BatchGetItem",
        "BatchWriteItem",
        "SendMessageBatch",
    ] {
        assert!(broken_limit(operation, &json!({})).is_some(), "{operation}");
    }
}

#[test]
fn one_key_or_id_twice_breaks_the_limit() {
    let put = |agent_id: &str, since: &str| {
        json!({ "PutRequest": { "Item":
        { "team_key": { "S": "acme#1" }, "agent_id": { "N": agent_id }, "since": { "N": since } } } })
    };
    let delete = json!({ "DeleteRequest": { "Key": { "team_key": { "S": "acme#1" }, "agent_id": { "N": "1" } } } });
    let update = json!({ "Update": { "TableName": "agents", "Key": agent_key(1) } });
    let check = json!({ "ConditionCheck": { "TableName": "agents", "Key": agent_key(1) } });
    let refused = [
        (
            "BatchGetItem",
            json!({ "RequestItems": { "agents": { "Keys": [agent_key(1), agent_key(1)] } } }),
        ),
        (
            "BatchWriteItem",
            json!({ "RequestItems": { "teams": [put("1", "1"), put("1", "2")] } }),
        ),
        (
            "BatchWriteItem",
            json!({ "RequestItems": { "teams": [put("1", "1"), delete] } }),
        ),
        (
            "TransactWriteItems",
            json!({ "TransactItems": [update, check] }),
        ),
        (
            "SendMessageBatch",
            json!({ "Entries": [{ "Id": "a" }, { "Id": "b" }, { "Id": "a" }] }),
        ),
    ];
    for (operation, request) in refused {
        let broken = broken_limit(operation, &request).unwrap();
        assert!(broken.ends_with("stands there twice"), "{broken}");
    }
    let two_members = json!({ "RequestItems": { "teams": [put("1", "1"), put("2", "1")] } });
    assert_eq!(broken_limit("BatchWriteItem", &two_members), None);
}

#[tokio::test]
#[should_panic(expected = "calls that AWS refuses")]
async fn a_test_whose_service_breaks_a_limit_fails() {
    let stack = TestStack::start().await;
    stack.add("acme", &[agent(1, "Available", &[])]).await;
    stack.aws_calls.script(|call| {
        if call.operation == "BatchGetItem" {
            let keys = call.body["RequestItems"]["agents"]["Keys"].as_array_mut();
            let keys = keys.unwrap();
            keys.push(keys[0].clone());
        }
        Act::Forward
    });
    let body = json!({ "agent_ids": [1] });
    let _ = stack.post_force_logout("acme", &body).await;
}
