//! Agents who change between the service's read and its write.

use std::collections::HashMap;
use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;
use domain::logout::Outcome;
use serde_json::{Value, json};
use tests::{Act, TestStack, agent};

/// The operation that writes logouts.
const WRITE: &str = "BatchExecuteStatement";

#[tokio::test]
async fn an_agent_who_takes_a_call_before_the_write_is_deferred() {
    let stack = TestStack::start().await;
    stack
        .add(
            "acme",
            &[agent(1, "Available", &[]), agent(2, "Available", &[])],
        )
        .await;
    let takes_a_call = stack.set_status("acme", 1, "In-call");
    stack
        .aws_calls
        .once(WRITE, 0, Act::After(Box::pin(takes_a_call)));
    let answer = stack
        .post_force_logout("acme", &json!({ "agent_ids": [1, 2] }))
        .await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.json()[0]["current_status"], "In-call");
    assert_eq!(answer.json()[1]["current_status"], "Offline");
    // The rejected write returns the agent, who need not be read again.
    assert_eq!(stack.aws_calls.take_meter().count("BatchGetItem"), 1);
    let state = stack.state("acme", 1).await;
    assert_eq!(state["status"], "In-call");
    assert!(state["pending"].is_string());
}

#[tokio::test]
async fn an_agent_whose_call_ends_before_the_write_is_logged_out() {
    let stack = TestStack::start().await;
    stack.add("acme", &[agent(1, "In-call", &[])]).await;
    let hangs_up = stack.set_status("acme", 1, "Wrap-up");
    stack
        .aws_calls
        .once(WRITE, 0, Act::After(Box::pin(hangs_up)));
    let answer = stack
        .post_force_logout("acme", &json!({ "agent_ids": [1] }))
        .await;
    assert_eq!(
        (answer.status, &answer.json()[0]["previous_status"]),
        (200, &json!("Wrap-up"))
    );
    assert_eq!(stack.status("acme", 1).await, "Offline");
}

#[tokio::test]
async fn an_agent_who_signs_in_again_before_the_write_is_not_touched() {
    for status in ["Available", "In-call"] {
        let stack = TestStack::start().await;
        stack
            .add("acme", &[agent(1, status, &[]), agent(2, "Available", &[])])
            .await;
        let signs_in_again = stack.sign_in_again("acme", 1);
        stack
            .aws_calls
            .once(WRITE, 0, Act::After(Box::pin(signs_in_again)));
        let answer = stack
            .post_force_logout("acme", &json!({ "agent_ids": [1, 2] }))
            .await;
        assert_eq!(
            (answer.status, answer.json().as_array().unwrap().len()),
            (200, 1),
            "{status}"
        );
        let state = stack.state("acme", 1).await;
        assert_eq!(
            (&state["status"], &state["pending"]),
            (&json!(status), &json!(null))
        );
    }
}

#[tokio::test]
async fn an_agent_who_signs_out_before_the_write_is_not_reported() {
    let stack = TestStack::start().await;
    stack.add("acme", &[agent(1, "Available", &[])]).await;
    let signs_out = stack.set_status("acme", 1, "Offline");
    stack
        .aws_calls
        .once(WRITE, 0, Act::After(Box::pin(signs_out)));
    let answer = stack
        .post_force_logout("acme", &json!({ "agent_ids": [1] }))
        .await;
    assert_eq!(answer.message(), "cannot find any agent by input params");
}

#[tokio::test]
async fn an_agent_who_is_deleted_before_the_write_is_not_reported() {
    let stack = TestStack::start().await;
    stack.add("acme", &[agent(1, "Available", &[])]).await;
    let delete = stack.dynamodb.delete_item().table_name("agents");
    let delete = delete.key("agent_key", AttributeValue::S("acme#1".to_owned()));
    let deleted = async move { drop(delete.send().await.unwrap()) };
    stack
        .aws_calls
        .once(WRITE, 0, Act::After(Box::pin(deleted)));
    let answer = stack
        .post_force_logout("acme", &json!({ "agent_ids": [1] }))
        .await;
    assert_eq!(answer.message(), "cannot find any agent by input params");
    assert!(stack.states("acme").await.is_empty());
}

#[tokio::test]
async fn a_logout_whose_reply_was_lost_is_reported_as_it_happened() {
    let stack = TestStack::start().await;
    stack
        .add("acme", &[agent(1, "lunch", &[]), agent(2, "In-chat", &[])])
        .await;
    stack.aws_calls.once(WRITE, 0, Act::LoseReply);
    let answer = stack
        .post_force_logout("acme", &json!({ "agent_ids": [1, 2] }))
        .await;
    assert_eq!(answer.status, 200);
    let statuses = |row: usize| {
        (
            answer.json()[row]["previous_status"].clone(),
            answer.json()[row]["current_status"].clone(),
        )
    };
    assert_eq!(statuses(0), (json!("lunch"), json!("Offline")));
    assert_eq!(statuses(1), (json!("In-chat"), json!("In-chat")));
}

#[tokio::test]
async fn of_two_requests_for_a_busy_agent_the_first_pending_logout_is_kept() {
    let stack = TestStack::start().await;
    stack.add("acme", &[agent(1, "In-call", &[])]).await;
    // The second request defers the logout between the first one's read and its write.
    let second = stack.log_out_as("second", "acme", 1);
    let second = async move { assert_eq!(second.await, Outcome::Deferred) };
    stack.aws_calls.once(WRITE, 0, Act::After(Box::pin(second)));
    let answer = stack
        .post_force_logout("acme", &json!({ "agent_ids": [1] }))
        .await;
    assert_eq!(
        (answer.status, answer.json()[0]["current_status"].clone()),
        (400, json!("In-call"))
    );
    assert_eq!(stack.state("acme", 1).await["pending"], "second");
}

#[tokio::test]
async fn an_agent_who_changes_before_every_write_is_a_503() {
    let stack = TestStack::start().await;
    stack.add("acme", &[agent(1, "Available", &[])]).await;
    let changes: Vec<_> = (0..10)
        .map(|n| Box::pin(stack.set_status("acme", 1, &format!("status {n}"))))
        .collect();
    let mut changes = changes.into_iter();
    stack
        .aws_calls
        .script(move |call| match call.operation.as_str() {
            WRITE => Act::After(changes.next().unwrap()),
            _ => Act::Forward,
        });
    assert_eq!(
        stack
            .post_force_logout("acme", &json!({ "agent_ids": [1] }))
            .await
            .status,
        503
    );
    assert_ne!(stack.status("acme", 1).await, "Offline");
}

#[tokio::test]
async fn a_stale_read_of_the_session_hides_no_agent() {
    let stack = TestStack::start().await;
    stack.add("acme", &[agent(1, "Available", &[])]).await;
    // The agent signed in again before the request, but the first read shows the session before.
    stack.sign_in_again("acme", 1).await;
    stack.pass(Duration::from_mins(2));
    stack.aws_calls.once(
        "BatchGetItem",
        0,
        Act::EditReply(Box::new(|reply| {
            reply["Responses"]["agents"][0]["online_since"] = json!({ "N": "1" });
        })),
    );
    let answer = stack
        .post_force_logout("acme", &json!({ "agent_ids": [1] }))
        .await;
    assert_eq!(answer.status, 200);
    assert_eq!(stack.status("acme", 1).await, "Offline");
}

#[tokio::test]
async fn a_pending_logout_without_a_session_counts_as_absent() {
    let stack = TestStack::start().await;
    stack.add("acme", &[agent(1, "In-call", &[])]).await;
    for invalid in [
        AttributeValue::S("soon".to_owned()),
        AttributeValue::M(HashMap::new()),
    ] {
        let call = stack.dynamodb.update_item().table_name("agents");
        call.key("agent_key", AttributeValue::S("acme#1".to_owned()))
            .update_expression("SET pending_logout = :invalid")
            .expression_attribute_values(":invalid", invalid)
            .send()
            .await
            .unwrap();
        let answer = stack
            .post_force_logout("acme", &json!({ "agent_ids": [1] }))
            .await;
        assert_eq!(answer.json()[0]["current_status"], "In-call");
        assert!(stack.state("acme", 1).await["pending"].is_string());
    }
}

#[tokio::test]
async fn a_stale_read_of_the_status_hides_no_agent() {
    let stack = TestStack::start().await;
    for (agent_id, status, current) in [(1, "Available", "Offline"), (2, "In-call", "In-call")] {
        stack.add("acme", &[agent(agent_id, status, &[])]).await;
        let offline = |reply: &mut Value| {
            reply["Responses"]["agents"][0]["agent_status"] = json!({ "S": "Offline" });
        };
        let missing = |reply: &mut Value| reply["Responses"]["agents"] = json!([]);
        let stale: Box<dyn FnOnce(&mut Value) + Send> = match agent_id {
            1 => Box::new(offline),
            _ => Box::new(missing),
        };
        stack
            .aws_calls
            .once("BatchGetItem", 0, Act::EditReply(stale));
        let body = json!({ "agent_ids": [agent_id] });
        let answer = stack.post_force_logout("acme", &body).await;
        assert_eq!(answer.json()[0]["current_status"], current);
        assert_eq!(stack.status("acme", agent_id).await, current);
    }
}
