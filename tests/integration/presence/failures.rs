//! Presence events that fail: unreadable, of an unknown agent, out of time.

use std::time::Duration;

use aws_lambda_events::sqs::{SqsEvent, SqsMessage};
use service::lambda::queue_settings::PRESENCE_QUEUE;
use tests::captured_log::{self, assert_logged};
use tests::presence_messages::{of_agent, signed_in, signed_out, status_changed};
use tests::test_queue::message;
use tests::{Act, agent};

use super::events::stack_with_idle_agent;

/// Message ids, bodies that fail, and the reasons in the log.
fn bad_events() -> Vec<(&'static str, String, &'static str)> {
    let good = status_changed("07:30:00", "lunch");
    let sign_in = signed_in("07:31:00", "10.0.0.1");
    let replaced = |from: &str, to: &str| good.replace(from, to);
    let unknown = "there is no such agent";
    vec![
        ("no-event-json", "{canary".to_owned(), "not JSON"),
        (
            "event-version",
            replaced("\"v\":1", "\"v\":2"),
            "of version 2",
        ),
        (
            "event-kind",
            replaced("status_changed", "canary"),
            "event: expected signed_in, status_changed or signed_out",
        ),
        (
            "event-time",
            replaced("2026-11-22T", "canary"),
            "at: expected a time such as 2026-01-05T08:00:00.123Z",
        ),
        (
            "event-epoch",
            replaced("\"2026-11-22T07:30:00Z\"", "1795332600000"),
            "at: expected a time such as 2026-01-05T08:00:00.123Z",
        ),
        (
            "event-no-agent",
            replaced("\"agent_id\"", "\"agent\""),
            "agent_id: missing",
        ),
        (
            "event-future",
            replaced("2026", "2036"),
            "at: more than 2 minutes in the future",
        ),
        (
            "event-status",
            replaced("lunch", ""),
            "status: the text is empty",
        ),
        (
            "event-long",
            replaced("lunch", &"x".repeat(65)),
            "status: the text has more than 64 characters",
        ),
        (
            "event-offline",
            sign_in.replace("Available", "Offline"),
            "status: must not be Offline in a sign-in",
        ),
        ("event-unknown-in", of_agent(404, &sign_in), unknown),
        (
            "event-unknown-out",
            of_agent(404, &signed_out("07:31:00")),
            unknown,
        ),
        ("event-unknown", of_agent(404, &good), unknown),
    ]
}

#[tokio::test]
async fn bad_events_fail_alone_and_the_log_says_why() {
    let stack = stack_with_idle_agent().await;
    let bad = bad_events();
    let mut batch: Vec<SqsMessage> = bad.iter().map(|(id, body, _)| message(id, body)).collect();
    batch.insert(5, message("good", &status_changed("07:30:00", "lunch")));
    let mut failed = stack.invoke.presence(batch).await;
    failed.sort();
    let mut expected: Vec<&str> = bad.iter().map(|(id, ..)| *id).collect();
    expected.sort_unstable();
    assert_eq!(failed, expected);
    assert_eq!(stack.status("acme", 1).await, "lunch");
    assert_eq!(stack.states("acme").await.len(), 1);
    for (id, _, reason) in &bad {
        assert_logged(&[id, reason]);
    }
    assert!(!captured_log::text().contains("canary"));
}

#[tokio::test]
async fn the_log_names_the_tenant_and_the_agent_of_an_event_that_cannot_be_read() {
    let stack = stack_with_idle_agent().await;
    let good = status_changed("07:30:00", "lunch");
    let bad = [
        ("subject-at", good.replace("2026", "canary"), true),
        ("subject-version", good.replace("\"v\":1", "\"v\":2"), true),
        (
            "subject-agent",
            good.replace("\"agent_id\":1", "\"agent_id\":\"canary\""),
            false,
        ),
    ];
    let batch = bad.iter().map(|(id, body, _)| message(id, body)).collect();
    assert_eq!(stack.invoke.presence(batch).await.len(), 3);
    for (id, _, has_agent) in bad {
        assert_logged(&[id, "the event cannot be read", "\"tenant\":\"acme\""]);
        let log = captured_log::text();
        let line = log.lines().find(|line| line.contains(id)).unwrap();
        assert_eq!(line.contains("\"agent_id\":1,"), has_agent, "{line}");
    }
    assert!(!captured_log::text().contains("canary"));
}

#[tokio::test]
async fn an_event_of_an_unknown_agent_is_moved_to_the_dead_letter_queue() {
    let stack = stack_with_idle_agent().await;
    let known = status_changed("07:30:00", "lunch");
    let unknown = of_agent(404, &known);
    stack.presence.send(&unknown).await;
    stack.presence.send(&known).await;
    stack.drain_presence().await;
    assert_eq!(stack.status("acme", 1).await, "lunch");
    let dead_letters = stack.presence.receive_dead_letters().await;
    assert_eq!(dead_letters.len(), 1);
    assert_eq!(dead_letters[0].body.as_ref(), Some(&unknown));
    // Once the agent is known, a redrive applies the event.
    stack.add("acme", &[agent(404, "Available", &[])]).await;
    stack.presence.send(&unknown).await;
    stack.drain_presence().await;
    assert_eq!(stack.status("acme", 404).await, "lunch");
}

#[tokio::test]
async fn an_event_that_hangs_does_not_fail_the_others() {
    let stack = stack_with_idle_agent().await;
    stack.add("acme", &[agent(2, "Available", &[])]).await;
    let good = status_changed("07:30:00", "lunch");
    let hanging = of_agent(2, &good);
    stack.aws_calls.script(|call| {
        if call.body.to_string().contains("acme#2\"") {
            Act::After(Box::pin(std::future::pending()))
        } else {
            Act::Forward
        }
    });
    let mut event = SqsEvent::default();
    event.records = vec![message("hanging-event", &hanging), message("good", &good)];
    // Work stops two seconds before the deadline, which is a second from now.
    let deadline = stack.clock.now().plus(Duration::from_secs(3));
    let answer = stack.functions.presence.handle(event, deadline).await;
    let failures = answer.batch_item_failures.iter();
    let failed: Vec<&str> = failures
        .map(|failure| failure.item_identifier.as_str())
        .collect();
    assert_eq!(failed, ["hanging-event"]);
    assert_logged(&["hanging-event", "no time is left"]);
    assert_eq!(stack.status("acme", 1).await, "lunch");
}

#[test]
fn the_longest_event_fits_the_queue() {
    let status = "\u{1}".repeat(64);
    let longest = status_changed("07:30:00.123456789", &status);
    let longest = longest.replace("acme", &"a".repeat(63));
    assert!(longest.len() < 1_024);
    assert!(longest.len() < PRESENCE_QUEUE.max_message_bytes as usize);
}
