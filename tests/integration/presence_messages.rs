//! Presence events that cannot be applied, and ones that something stands in the way of.

use std::time::Duration;

use aws_lambda_events::sqs::{SqsEvent, SqsMessage};
use domain::agents::RequestId;
use domain::ids::AgentId;
use domain::logout::{Outcome, TargetSession};
use serde_json::json;
use service::force_logout::{LogoutRequest, log_out_agents};
use service::lambda::queue_settings::PRESENCE_QUEUE;
use store::{Consistency, RetryLimit};
use tests::{Act, TestStack, agent};

use crate::presence::{
    changed, force_logout, message, signed_in, signed_out, tell, with_idle_agent,
};

#[tokio::test]
async fn bad_events_fail_alone_and_say_why() {
    let stack = with_idle_agent().await;
    let good = changed("07:30:00", "lunch");
    let of = |number: u64| good.replace("\"agent_id\":1", &format!("\"agent_id\":{number}"));
    let bad = [
        ("no-event-json", "{canary".to_owned(), "not JSON"),
        (
            "event-version",
            good.replace("\"v\":1", "\"v\":2"),
            "of version 2",
        ),
        (
            "event-kind",
            good.replace("status_changed", "canary"),
            "not what version 1 holds",
        ),
        (
            "event-time",
            good.replace("2026-11-22T", "canary"),
            "at is not a time",
        ),
        (
            "event-future",
            good.replace("2026", "2036"),
            "15 minutes in the future",
        ),
        (
            "event-status",
            good.replace("lunch", ""),
            "1 to 64 characters",
        ),
        (
            "event-long",
            good.replace("lunch", &"x".repeat(65)),
            "1 to 64 characters",
        ),
        (
            "event-address",
            signed_in("07:31:00", "canary"),
            "ip is not an IP address",
        ),
        (
            "event-offline",
            signed_in("07:31:00", "10.0.0.1").replace("Available", "Offline"),
            "status must not be Offline in a sign-in",
        ),
        (
            "event-nobody-signs-in",
            signed_in("07:31:00", "10.0.0.1").replace("\"agent_id\":1", "\"agent_id\":404"),
            "there is no such agent",
        ),
        (
            "event-nobody-signs-out",
            signed_out("07:31:00").replace("\"agent_id\":1", "\"agent_id\":404"),
            "there is no such agent",
        ),
        ("event-nobody", of(404), "there is no such agent"),
    ];
    let mut batch: Vec<SqsMessage> = bad.iter().map(|(id, body, _)| message(id, body)).collect();
    batch.insert(5, message("good", &good));
    let mut failed = stack.invoke.presence(batch).await;
    failed.sort();
    let mut expected: Vec<&str> = bad.iter().map(|(id, ..)| *id).collect();
    expected.sort_unstable();
    assert_eq!(failed, expected);
    assert_eq!(stack.status("acme", 1).await, "lunch");
    assert_eq!(stack.states("acme").await.len(), 1);
    let log = tests::captured_log::text();
    for (id, _, why) in &bad {
        let told = |line: &str| line.contains(id) && line.contains(why);
        assert!(log.lines().any(told), "{id}");
    }
    assert!(!log.contains("canary"));
}

#[tokio::test]
async fn an_event_of_an_unknown_agent_rests_in_the_dead_letter_queue() {
    let stack = with_idle_agent().await;
    let body = changed("07:30:00", "lunch").replace("\"agent_id\":1", "\"agent_id\":404");
    stack.presence.send(&body).await;
    stack.presence.send(&changed("07:30:00", "lunch")).await;
    stack.drain_presence().await;
    assert_eq!(stack.status("acme", 1).await, "lunch");
    let dead = stack.presence.receive_dead_letters().await;
    assert_eq!(dead.len(), 1);
    assert_eq!(dead[0].body.as_ref(), Some(&body));
    // As soon as the agent is known, it can be sent back.
    stack.add("acme", &[agent(404, "Available", &[])]).await;
    stack.presence.send(&body).await;
    stack.drain_presence().await;
    assert_eq!(stack.status("acme", 404).await, "lunch");
}

#[tokio::test]
async fn an_agent_who_never_stands_still_fails_the_event() {
    let stack = with_idle_agent().await;
    tell(&stack, &[changed("07:30:00", "In-call")]).await;
    force_logout(&stack, json!({ "agent_ids": [1] })).await;
    let changes: Vec<_> = (0..20)
        .map(|n| Box::pin(stack.set_status("acme", 1, ["In-call", "In-chat"][n % 2])))
        .collect();
    let mut changes = changes.into_iter();
    stack
        .aws_calls
        .script(move |_| Act::After(changes.next().unwrap()));
    let event = message("event", &changed("07:40:00", "Break"));
    let failed = stack.invoke.presence(vec![event]).await;
    assert_eq!(failed, ["event"]);
    assert!(stack.status("acme", 1).await.starts_with("In-"));
}

#[tokio::test]
async fn an_event_that_hangs_takes_no_other_with_it() {
    let stack = with_idle_agent().await;
    stack.add("acme", &[agent(2, "Available", &[])]).await;
    let good = changed("07:30:00", "lunch");
    let hangs = good.replace("\"agent_id\":1", "\"agent_id\":2");
    stack.aws_calls.script(|call| {
        if call.body.to_string().contains("acme#2\"") {
            Act::After(Box::pin(std::future::pending()))
        } else {
            Act::Forward
        }
    });
    let mut event = SqsEvent::default();
    event.records = vec![message("hanging-event", &hangs), message("good", &good)];
    // Two seconds before the end it is given up, which is a second from now.
    let deadline = stack.clock.now().plus(Duration::from_secs(3));
    let answer = stack.functions.presence.handle(event, deadline).await;
    let failures = answer.batch_item_failures.iter();
    let failed: Vec<&str> = failures
        .map(|failure| failure.item_identifier.as_str())
        .collect();
    assert_eq!(failed, ["hanging-event"]);
    let log = tests::captured_log::text();
    let told = |line: &str| line.contains("hanging-event") && line.contains("no time is left");
    assert!(log.lines().any(told));
    assert_eq!(stack.status("acme", 1).await, "lunch");
}

#[test]
fn an_event_fits_the_queue() {
    let longest =
        changed("07:30:00.123456789", &"\u{1}".repeat(64)).replace("acme", &"a".repeat(63));
    assert!(longest.len() < 1_024);
    assert!(longest.len() < PRESENCE_QUEUE.max_message_bytes as usize);
}

/// A service whose agent 1 is on a call, after which they will be logged out.
async fn with_pending_logout() -> TestStack {
    let stack = with_idle_agent().await;
    tell(&stack, &[changed("07:30:00", "In-call")]).await;
    force_logout(&stack, json!({ "agent_ids": [1] })).await;
    stack
}

#[tokio::test]
async fn a_newer_event_just_before_the_write_makes_it_old() {
    let stack = with_pending_logout().await;
    let newer = message("newer", &changed("07:41:00", "In-chat"));
    let invoke = stack.invoke.clone();
    let newer = async move {
        assert!(invoke.presence(vec![newer]).await.is_empty());
    };
    // The first write meets the mark; the second is the one that fits it.
    stack
        .aws_calls
        .once("UpdateItem", 1, Act::After(Box::pin(newer)));
    tell(&stack, &[changed("07:40:00", "Break")]).await;
    let state = stack.state("acme", 1).await;
    assert_eq!(state["status"], "In-chat");
    assert!(state["last"].is_null() && state["pending"].is_string());
}

#[tokio::test]
async fn a_request_just_before_the_end_of_the_call_is_not_overrun() {
    let stack = with_idle_agent().await;
    tell(&stack, &[changed("07:30:00", "In-call")]).await;
    let store = stack.store.clone();
    let request = LogoutRequest {
        tenant: tests::test_stack::name("acme"),
        id: RequestId::new("request"),
        at: stack.clock.now(),
        target: TargetSession::FirstSeen,
        retry_limit: RetryLimit::WhileCallerWaits,
    };
    let agent_ids = [AgentId::new(1).unwrap()];
    let request = async move {
        let found = store.read_agents(&request.tenant, &agent_ids, Consistency::Eventual);
        let settled = log_out_agents(&store, &request, &agent_ids, found.await.unwrap())
            .await
            .unwrap();
        assert_eq!(settled[0].outcome, Outcome::Deferred);
    };
    stack
        .aws_calls
        .once("UpdateItem", 0, Act::After(Box::pin(request)));
    tell(&stack, &[changed("07:40:00", "Break")]).await;
    let state = stack.state("acme", 1).await;
    assert_eq!(
        (&state["status"], &state["last"]),
        (&json!("Offline"), &json!("request"))
    );
}
