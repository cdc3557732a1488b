//! Pending logouts: a call ends by an event, or by a plain write that the stream shows.

use aws_sdk_dynamodb::types::AttributeValue;
use dynoxide::Database;
use serde_json::json;

use super::data_folder::database_in;
use super::running::{ANY_PORTS, Running};

/// Logs out the printed team, and returns its agents on a call or chat.
async fn log_out_team(running: &Running) -> Vec<u64> {
    let (status, rows) = running.paste(1).await;
    assert_eq!(status, 200);
    let rows = rows.as_array().unwrap().iter();
    rows.filter(|row| row["message"].is_string())
        .map(|row| row["agent_id"].as_u64().unwrap())
        .collect()
}

fn key(agent_id: u64) -> AttributeValue {
    AttributeValue::S(format!("acme#{agent_id}"))
}

#[tokio::test]
async fn a_call_that_an_event_ends_is_followed_by_the_logout() {
    let running = Running::start(&ANY_PORTS);
    let deferred = log_out_team(&running).await;
    let agent_id = running.report_end_of_call().await;
    assert!(deferred.contains(&agent_id));
    running.until_offline(key(agent_id)).await;
}

#[tokio::test]
async fn a_call_that_a_plain_write_ends_is_followed_by_the_logout() {
    let folder = tempfile::tempdir().unwrap();
    let args = [&ANY_PORTS[..], &["--data", folder.path().to_str().unwrap()]].concat();
    let running = Running::start(&args);
    let deferred = log_out_team(&running).await;
    end_call_directly(&running, deferred[0]).await;
    running.until_offline(key(deferred[0])).await;

    // Written while the program does not run.
    running.signal("KILL");
    let database = database_in(folder.path());
    end_call_in(&database, deferred[1]);
    drop(database);
    let again = Running::start(&args);
    again.until_offline(key(deferred[1])).await;
}

#[tokio::test]
async fn a_table_without_a_stream_gets_one() {
    let folder = tempfile::tempdir().unwrap();
    let args = [&ANY_PORTS[..], &["--data", folder.path().to_str().unwrap()]].concat();
    let running = Running::start(&args);
    let deferred = log_out_team(&running).await;
    assert!(running.signal("INT").1);
    let database = database_in(folder.path());
    let without =
        json!({ "TableName": "agents", "StreamSpecification": { "StreamEnabled": false } });
    let without = serde_json::from_value(without).unwrap();
    database.update_table(without).unwrap();
    drop(database);
    let again = Running::start(&args);
    end_call_directly(&again, deferred[0]).await;
    again.until_offline(key(deferred[0])).await;
}

/// Ends a call by a plain write while the program does not run.
fn end_call_in(database: &Database, agent_id: u64) {
    let update = json!({
        "TableName": "agents",
        "Key": { "agent_key": { "S": format!("acme#{agent_id}") } },
        "UpdateExpression": "SET agent_status = :status",
        "ExpressionAttributeValues": { ":status": { "S": "Break" } },
    });
    let update = serde_json::from_value(update).unwrap();
    database.update_item(update).unwrap();
}

/// Ends a call by a plain write.
async fn end_call_directly(running: &Running, agent_id: u64) {
    let update = running.dynamodb().update_item().table_name("agents");
    let update = update
        .key("agent_key", key(agent_id))
        .update_expression("SET agent_status = :status")
        .expression_attribute_values(":status", AttributeValue::S("Break".to_owned()));
    update.send().await.unwrap();
}
