//! The order of presence events: of one millisecond, of one batch, and before an import.

use std::time::Duration;

use serde_json::json;
use tests::agent;
use tests::presence_messages::{of_agent, signed_in, signed_out, status_changed};
use tests::test_queue::message;

use super::events::{force_logout, stack_with_idle_agent};

#[tokio::test]
async fn two_events_of_one_millisecond_have_one_result_in_either_order() {
    let at = "07:30:00";
    let changed = |status| status_changed(at, status);
    let busy = [changed("In-call"), changed("Break")];
    let out = [changed("In-call"), signed_out(at)];
    let named = [changed("Break"), changed("lunch")];
    for (events, status) in [(busy, "In-call"), (out, "Offline"), (named, "lunch")] {
        for order in [[0, 1], [1, 0]] {
            let stack = stack_with_idle_agent().await;
            stack
                .report(&order.map(|index| events[index].clone()))
                .await;
            let found = stack.status("acme", 1).await;
            assert_eq!(found, status, "{events:?} {order:?}");
        }
    }
}

#[tokio::test]
async fn events_of_an_agent_in_one_batch_are_applied_in_order_of_time() {
    let stack = stack_with_idle_agent().await;
    stack.add("acme", &[agent(2, "Available", &[])]).await;
    stack.report_status("07:10:00", "In-call").await;
    force_logout(&stack, json!({ "agent_ids": [1] })).await;
    stack.pass(Duration::from_hours(1));
    // An event of another agent and a body that is none are in between.
    let batch = [
        status_changed("08:52:00", "lunch"),
        of_agent(2, &status_changed("07:15:00", "lunch")),
        signed_in("08:51:00", "10.0.0.7"),
        "{}".to_owned(),
        signed_out("08:50:00"),
        status_changed("08:20:00", "In-chat"),
    ];
    let numbered = (0_u32..).zip(&batch);
    let messages = numbered.map(|(id, body)| message(&id.to_string(), body));
    let _ = stack.aws_calls.take_meter();
    let failed = stack.invoke.presence(messages.collect()).await;
    assert_eq!(failed, ["3"]);
    let states = stack.states("acme").await;
    assert_eq!(states[&1]["status"], "lunch");
    assert!(states[&1]["last"].is_null(), "no logout in between");
    assert_eq!(states[&2]["status"], "lunch");
    // One write for each event, and another because of the pending logout.
    assert_eq!(stack.aws_calls.take_meter().calls.len(), 6);
}

#[tokio::test]
async fn events_before_an_imported_session_change_nothing() {
    let stack = stack_with_idle_agent().await;
    let before = stack.state("acme", 1).await;
    for event in [
        signed_in("06:50:00", "10.0.0.7"),
        status_changed("06:51:00", "In-call"),
        signed_out("06:52:00"),
        signed_in("07:00:00", "10.0.0.7"),
    ] {
        stack.report(std::slice::from_ref(&event)).await;
        assert_eq!(stack.state("acme", 1).await, before, "{event}");
    }
}
