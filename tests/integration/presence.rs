//! Presence events: what they make of an agent, as requests to log out see it, and what becomes of bad ones.

use std::time::Duration;

use aws_lambda_events::sqs::SqsMessage;
use serde_json::{Value, json};
use tests::{TestStack, agent};

/// A service whose agent 1 is idle since an hour before its time.
pub async fn with_idle_agent() -> TestStack {
    let stack = TestStack::start().await;
    stack.add("acme", &[agent(1, "Available", &[])]).await;
    stack
}

pub fn message(id: &str, body: &str) -> SqsMessage {
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
        let failed = stack.invoke.presence(vec![message("event", body)]).await;
        assert!(failed.is_empty(), "{body}");
    }
}

pub async fn force_logout(stack: &TestStack, body: Value) -> Value {
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
async fn a_sign_in_that_was_overtaken_counts_as_much() {
    let stack = with_idle_agent().await;
    let late = signed_in("07:20:00", "2001:db8::7");
    let events = [signed_out("07:10:00"), changed("07:21:00", "In-call"), late];
    tell(&stack, &events).await;
    let rows = force_logout(&stack, json!({ "ip_addrs": ["2001:db8::/64"] })).await;
    assert_eq!(rows[0]["current_status"], "In-call");
    // The mark is for that session.
    tell(&stack, &[changed("07:30:00", "Break")]).await;
    assert_eq!(stack.status("acme", 1).await, "Offline");
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
    tell(&stack, &[signed_in("08:14:00", "10.0.0.1")]).await;
    stack
        .post_force_logout("acme", &json!({ "agent_ids": [1, 2] }))
        .await;
    stack.drain_jobs().await;
    assert_eq!(stack.get_job("acme", 1).await.json()["logged_out"], 2);
    // Delivered again later, it is no new session.
    stack.pass(Duration::from_hours(1));
    tell(&stack, &[signed_in("08:14:00", "10.0.0.1")]).await;
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
        let _ = stack.aws_calls.take_meter();
        tell(&stack, std::slice::from_ref(&event)).await;
        let calls = stack.aws_calls.take_meter().calls;
        assert_eq!(calls.len(), operations, "{event}");
        assert!(calls.iter().all(|call| call.operation == "UpdateItem"));
    }
    assert_eq!(stack.status("acme", 1).await, "Available");
    tell(&stack, &[changed("07:40:00", "In-call")]).await;
    force_logout(&stack, json!({ "agent_ids": [1] })).await;
    let _ = stack.aws_calls.take_meter();
    tell(&stack, &[changed("07:50:00", "Break")]).await;
    assert_eq!(stack.aws_calls.take_meter().calls.len(), 2);
    assert_eq!(stack.status("acme", 1).await, "Offline");
}

#[tokio::test]
async fn two_events_of_one_millisecond_end_alike_in_either_order() {
    let busy = [changed("07:30:00", "In-call"), changed("07:30:00", "Break")];
    let out = [changed("07:30:00", "In-call"), signed_out("07:30:00")];
    let named = [changed("07:30:00", "Break"), changed("07:30:00", "lunch")];
    for (events, status) in [(busy, "In-call"), (out, "Offline"), (named, "lunch")] {
        for order in [[0, 1], [1, 0]] {
            let stack = with_idle_agent().await;
            tell(&stack, &order.map(|index| events[index].clone())).await;
            assert_eq!(
                stack.status("acme", 1).await,
                status,
                "{events:?} {order:?}"
            );
        }
    }
}

#[tokio::test]
async fn the_events_of_an_agent_in_one_batch_are_applied_in_order() {
    let stack = with_idle_agent().await;
    tell(&stack, &[changed("07:10:00", "In-call")]).await;
    force_logout(&stack, json!({ "agent_ids": [1] })).await;
    // Another agent's, and one that is none, are in between.
    let other = changed("07:15:00", "lunch").replace("\"agent_id\":1", "\"agent_id\":2");
    stack.add("acme", &[agent(2, "Available", &[])]).await;
    let batch = [
        changed("07:52:00", "lunch"),
        other,
        signed_in("07:51:00", "10.0.0.7"),
        "{}".to_owned(),
        signed_out("07:50:00"),
        changed("07:20:00", "In-chat"),
    ];
    let messages = (0..)
        .zip(&batch)
        .map(|(id, body): (u32, _)| message(&id.to_string(), body));
    let _ = stack.aws_calls.take_meter();
    let failed = stack.invoke.presence(messages.collect()).await;
    assert_eq!(failed, ["3"]);
    let states = stack.states("acme").await;
    assert_eq!(states[&1]["status"], "lunch");
    assert!(
        states[&1]["last"].is_null(),
        "nobody was logged out in between"
    );
    assert_eq!(states[&2]["status"], "lunch");
    // One write each, and one more because of the mark.
    assert_eq!(stack.aws_calls.take_meter().calls.len(), 6);
}

#[tokio::test]
async fn what_happened_before_a_session_that_was_imported_is_old() {
    let stack = with_idle_agent().await;
    let before = stack.state("acme", 1).await;
    for event in [
        signed_in("06:50:00", "10.0.0.7"),
        changed("06:51:00", "In-call"),
        signed_out("06:52:00"),
        signed_in("07:00:00", "10.0.0.7"),
    ] {
        tell(&stack, std::slice::from_ref(&event)).await;
        assert_eq!(stack.state("acme", 1).await, before, "{event}");
    }
}
