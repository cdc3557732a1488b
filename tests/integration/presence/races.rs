//! Agents who change between an event's first write and the one that fits their pending logout.

use domain::logout::Outcome;
use serde_json::json;
use tests::presence_messages::status_changed;
use tests::test_queue::message;
use tests::{Act, TestStack};

use super::events::{force_logout, stack_with_idle_agent};

/// A service whose agent 1 is on a call, with a pending logout.
async fn stack_with_pending_logout() -> TestStack {
    let stack = stack_with_idle_agent().await;
    stack.report_status("07:30:00", "In-call").await;
    force_logout(&stack, json!({ "agent_ids": [1] })).await;
    stack
}

#[tokio::test]
async fn an_event_of_an_agent_who_changes_before_many_writes_is_applied_in_its_first_delivery() {
    let stack = stack_with_pending_logout().await;
    let changes: Vec<_> = (0..8)
        .map(|n| Box::pin(stack.set_status("acme", 1, ["In-call", "In-chat"][n % 2])))
        .collect();
    let mut changes = changes.into_iter();
    stack.aws_calls.script(move |_| match changes.next() {
        Some(change) => Act::After(change),
        None => Act::Forward,
    });
    stack.report_status("07:40:00", "Break").await;
    assert_eq!(stack.status("acme", 1).await, "Offline");
}

#[tokio::test]
async fn an_event_does_not_overwrite_a_newer_one_that_is_applied_just_before() {
    let stack = stack_with_pending_logout().await;
    let newer = message("newer", &status_changed("07:41:00", "In-chat"));
    let invoke = stack.invoke.clone();
    let newer = async move {
        assert!(invoke.presence(vec![newer]).await.is_empty());
    };
    // The first write is rejected because of the pending logout.
    let second_write = Act::After(Box::pin(newer));
    stack.aws_calls.once("UpdateItem", 1, second_write);
    stack.report_status("07:40:00", "Break").await;
    let state = stack.state("acme", 1).await;
    assert_eq!(state["status"], "In-chat");
    assert!(state["last"].is_null() && state["pending"].is_string());
}

#[tokio::test]
async fn a_logout_that_is_deferred_just_before_the_end_of_the_call_is_carried_out() {
    let stack = stack_with_idle_agent().await;
    stack.report_status("07:30:00", "In-call").await;
    let request = stack.log_out_as("request", "acme", 1);
    let defer = async move { assert_eq!(request.await, Outcome::Deferred) };
    let write = Act::After(Box::pin(defer));
    stack.aws_calls.once("UpdateItem", 0, write);
    stack.report_status("07:40:00", "Break").await;
    let state = stack.state("acme", 1).await;
    assert_eq!(state["status"], "Offline");
    assert_eq!(state["last"], "request");
}
