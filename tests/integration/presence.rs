//! Presence events: what they make of an agent, as requests to log out see it, and what becomes of bad ones.

use std::time::Duration;

use aws_lambda_events::sqs::SqsMessage;
use logout::event_sources::PRESENCE;
use serde_json::{Value, json};
use tests::deliver::to_presence;
use tests::{Act, TestStack, agent};

/// A service whose agent 1 is idle since an hour before its time.
async fn with_idle_agent() -> TestStack {
    let stack = TestStack::start().await;
    stack.add("acme", &[agent(1, "Available", &[])]).await;
    stack
}

fn message(id: &str, body: &str) -> SqsMessage {
    let mut message = SqsMessage::default();
    message.message_id = Some(id.to_owned());
    message.body = Some(body.to_owned());
    message
}

/// An event of agent 1 of the tenant acme, at that time of the day.
pub fn event(time: &str, what: &Value) -> String {
    let mut event = json!({
        "v": 1,
        "tenant": "acme",
        "agent_id": 1,
        "at": format!("2026-11-22T{time}Z"),
    });
    let event_object = event.as_object_mut().unwrap();
    event_object.extend(what.as_object().unwrap().clone());
    event.to_string()
}

pub fn signed_in(time: &str, ip: &str) -> String {
    event(
        time,
        &json!({ "event": "signed_in", "ip": ip, "status": "Available" }),
    )
}

pub fn changed(time: &str, status: &str) -> String {
    event(
        time,
        &json!({ "event": "status_changed", "status": status }),
    )
}

pub fn signed_out(time: &str) -> String {
    event(time, &json!({ "event": "signed_out" }))
}

/// Delivers one event after another; all of them are done.
pub async fn tell(stack: &TestStack, events: &[String]) {
    for body in events {
        let failed = to_presence(&stack.app, &stack.tap, vec![message("event", body)]).await;
        assert!(failed.is_empty(), "{body}");
    }
}

async fn force_logout(stack: &TestStack, body: Value) -> Value {
    stack.post_force_logout("acme", &body).await.json()
}

#[tokio::test]
async fn whoever_signs_in_is_found_where_they_are_and_logged_out() {
    let stack = with_idle_agent().await;
    tell(
        &stack,
        &[
            signed_out("07:10:00"),
            signed_in("07:20:00.123", "2001:db8::7"),
        ],
    )
    .await;
    let nobody = force_logout(&stack, json!({ "ip_addrs": ["10.0.0.1"] })).await;
    assert_eq!(nobody["message"], "cannot find any agent by input params");
    let rows = force_logout(&stack, json!({ "ip_addrs": ["2001:db8::/64"] })).await;
    assert_eq!(rows[0]["previous_status"], "Available");
    assert_eq!(rows[0]["current_status"], "Offline");
}

#[tokio::test]
async fn the_end_of_the_call_ends_the_session_in_the_same_write() {
    for busy in ["In-call", "In-chat"] {
        let stack = with_idle_agent().await;
        tell(&stack, &[changed("07:30:00", busy)]).await;
        let rows = force_logout(&stack, json!({ "agent_ids": [1] })).await;
        assert_eq!(rows[0]["current_status"], busy);
        let request = stack.state("acme", 1).await["pending"].clone();
        assert!(request.is_string());

        // Every state that the agent was in stands in the stream.
        let mut stream = stack.stream_of_everything();
        while stream.read().unwrap().is_some() {}
        tell(&stack, &[changed("07:40:00", "Break")]).await;
        let records = stream.read().unwrap().unwrap();
        let state = stack.state("acme", 1).await;
        assert_eq!(records.len(), 1);
        assert_eq!(
            (&state["status"], &state["last"]),
            (&json!("Offline"), &request)
        );
        assert!(state["pending"].is_null());
    }
}

#[tokio::test]
async fn of_two_requests_for_a_busy_agent_the_first_ends_the_session() {
    let stack = with_idle_agent().await;
    tell(&stack, &[changed("07:30:00", "In-call")]).await;
    let body = json!({ "agent_ids": [1] });
    let first = force_logout(&stack, body.clone()).await;
    let by_first = stack.state("acme", 1).await["pending"].clone();
    let second = force_logout(&stack, body.clone()).await;
    assert_eq!(first, second);
    let waits = "will force logout as soon as the ongoing call/chat is completed";
    assert_eq!(second[0]["message"], waits);
    let state = stack.state("acme", 1).await;
    assert_eq!(
        (&state["pending"], &state["status"]),
        (&by_first, &json!("In-call"))
    );

    tell(
        &stack,
        &[changed("07:40:00", "Break"), changed("07:41:00", "Break")],
    )
    .await;
    let state = stack.state("acme", 1).await;
    assert_eq!(
        (&state["last"], &state["status"]),
        (&by_first, &json!("Offline"))
    );
}

#[tokio::test]
async fn a_job_keeps_its_counts_when_the_call_it_waited_for_ends() {
    let stack = TestStack::start_with(1, None).await;
    let agents = [agent(1, "In-call", &[]), agent(2, "lunch", &[])];
    stack.add("acme", &agents).await;
    stack
        .post_force_logout("acme", &json!({ "agent_ids": [1, 2] }))
        .await;
    stack.drain_jobs().await;
    let job = stack.get_job("acme", 1).await;
    assert_eq!(job.json()["deferred"], 1);
    tell(&stack, &[changed("07:40:00", "Break")]).await;
    let states = stack.states("acme").await;
    assert_eq!(states[&1]["status"], "Offline");
    assert_eq!(states[&1]["last"], states[&2]["last"]);
    assert!(states[&1]["last"].as_str().unwrap().starts_with("job#1#"));
    assert_eq!(stack.get_job("acme", 1).await, job);
}

#[tokio::test]
async fn another_tenants_agent_of_the_same_id_is_left_alone() {
    let stack = with_idle_agent().await;
    stack.add("globex", &[agent(1, "In-call", &[])]).await;
    tell(&stack, &[changed("07:30:00", "lunch")]).await;
    assert_eq!(stack.status("acme", 1).await, "lunch");
    assert_eq!(stack.status("globex", 1).await, "In-call");
}

#[tokio::test]
async fn a_sign_in_from_a_clock_that_runs_ahead_is_reached_by_a_job() {
    let stack = TestStack::start_with(1, None).await;
    let agents = [agent(1, "Offline", &[]), agent(2, "lunch", &[])];
    stack.add("acme", &agents).await;
    tell(&stack, &[signed_in("09:59:00", "10.0.0.1")]).await;
    stack
        .post_force_logout("acme", &json!({ "agent_ids": [1, 2] }))
        .await;
    stack.drain_jobs().await;
    assert_eq!(stack.get_job("acme", 1).await.json()["logged_out"], 2);
    // Delivered again later, it is no new session.
    stack.pass(Duration::from_hours(1));
    tell(&stack, &[signed_in("09:59:00", "10.0.0.1")]).await;
    assert_eq!(stack.status("acme", 1).await, "Offline");
}

#[tokio::test]
async fn an_event_is_one_write_and_no_read() {
    let stack = with_idle_agent().await;
    for (event, operations) in [
        (changed("07:30:00", "In-call"), 1),
        (changed("07:31:00", "Break"), 1),
        (signed_out("07:32:00"), 1),
        (signed_in("07:33:00", "10.0.0.1"), 1),
        // Known, or too old.
        (signed_in("07:33:00", "10.0.0.1"), 1),
        (changed("07:32:30", "In-call"), 1),
    ] {
        let _ = stack.tap.take_meter();
        tell(&stack, std::slice::from_ref(&event)).await;
        let calls = stack.tap.take_meter().calls;
        assert_eq!(calls.len(), operations, "{event}");
        assert!(calls.iter().all(|call| call.operation == "UpdateItem"));
    }
    assert_eq!(stack.status("acme", 1).await, "Available");
    tell(&stack, &[changed("07:40:00", "In-call")]).await;
    force_logout(&stack, json!({ "agent_ids": [1] })).await;
    let _ = stack.tap.take_meter();
    tell(&stack, &[changed("07:50:00", "Break")]).await;
    assert_eq!(stack.tap.take_meter().calls.len(), 2);
    assert_eq!(stack.status("acme", 1).await, "Offline");
}

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
            "24 hours in the future",
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
            "nobody signs in as Offline",
        ),
        ("event-nobody", of(404), "there is no such agent"),
    ];
    let mut batch: Vec<SqsMessage> = bad.iter().map(|(id, body, _)| message(id, body)).collect();
    batch.insert(5, message("good", &good));
    let mut failed = to_presence(&stack.app, &stack.tap, batch).await;
    failed.sort();
    let mut expected: Vec<&str> = bad.iter().map(|(id, ..)| *id).collect();
    expected.sort_unstable();
    assert_eq!(failed, expected);
    assert_eq!(stack.status("acme", 1).await, "lunch");
    let log = tests::log::text();
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
async fn a_request_between_what_an_event_saw_and_its_write_is_not_overrun() {
    let stack = with_idle_agent().await;
    tell(&stack, &[changed("07:30:00", "In-call")]).await;
    force_logout(&stack, json!({ "agent_ids": [1] })).await;
    // A newer event comes between, and begins another call.
    let newer = stack.set_status("acme", 1, "In-chat");
    stack.tap.once("UpdateItem", 1, Act::After(Box::pin(newer)));
    tell(&stack, &[changed("07:40:00", "Break")]).await;
    let state = stack.state("acme", 1).await;
    assert_eq!(
        state["status"], "Offline",
        "the event is the newest thing that was told"
    );
    assert!(state["last"].is_string() && state["pending"].is_null());
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
        .tap
        .script(move |_| Act::After(changes.next().unwrap()));
    let event = message("event", &changed("07:40:00", "Break"));
    let failed = to_presence(&stack.app, &stack.tap, vec![event]).await;
    assert_eq!(failed, ["event"]);
    assert!(stack.status("acme", 1).await.starts_with("In-"));
}

#[tokio::test]
async fn an_event_that_hangs_takes_no_other_with_it() {
    let stack = with_idle_agent().await;
    stack.add("acme", &[agent(2, "Available", &[])]).await;
    let good = changed("07:30:00", "lunch");
    let hangs = good.replace("\"agent_id\":1", "\"agent_id\":2");
    stack.tap.script(|call| {
        if call.body.to_string().contains("acme#2\"") {
            Act::After(Box::pin(std::future::pending()))
        } else {
            Act::Forward
        }
    });
    let mut event = aws_lambda_events::sqs::SqsEvent::default();
    event.records = vec![message("hangs", &hangs), message("good", &good)];
    // Two seconds before the end it is given up, which is a second from now.
    let deadline = stack.app.clock.now().plus(Duration::from_secs(3));
    let answer = presence::handle(&stack.app, event, deadline).await;
    let failures = answer.batch_item_failures.iter();
    let failed: Vec<&str> = failures
        .map(|failure| failure.item_identifier.as_str())
        .collect();
    assert_eq!(failed, ["hangs"]);
    assert_eq!(stack.status("acme", 1).await, "lunch");
}

#[test]
fn an_event_fits_the_queue() {
    let longest =
        changed("07:30:00.123456789", &"\u{1}".repeat(64)).replace("acme", &"a".repeat(63));
    assert!(longest.len() < 1_024);
    assert!(longest.len() < PRESENCE.max_message_bytes as usize);
}
