//! What presence events make of an agent, as requests see it.

use std::time::Duration;

use serde_json::{Value, json};
use tests::presence_messages::{signed_in, signed_out, status_changed};
use tests::{TestStack, agent};

/// A service whose agent 1 has been idle for an hour.
pub async fn stack_with_idle_agent() -> TestStack {
    let stack = TestStack::start().await;
    stack.add("acme", &[agent(1, "Available", &[])]).await;
    stack
}

pub async fn force_logout(stack: &TestStack, body: Value) -> Value {
    stack.post_force_logout("acme", &body).await.json()
}

#[tokio::test]
async fn an_agent_who_signs_in_is_found_at_the_new_address_and_logged_out() {
    let stack = stack_with_idle_agent().await;
    let events = [
        signed_out("07:10:00"),
        signed_in("07:20:00.123", "2001:db8::7"),
    ];
    stack.report(&events).await;
    let answer = force_logout(&stack, json!({ "ip_addrs": ["10.0.0.1"] })).await;
    assert_eq!(answer["message"], "cannot find any agent by input params");
    let rows = force_logout(&stack, json!({ "ip_addrs": ["2001:db8::/64"] })).await;
    assert_eq!(rows[0]["previous_status"], "Available");
    assert_eq!(rows[0]["current_status"], "Offline");
}

#[tokio::test]
async fn a_sign_in_that_arrives_after_a_later_event_counts() {
    let stack = stack_with_idle_agent().await;
    let late = signed_in("07:20:00", "2001:db8::7");
    let events = [
        signed_out("07:10:00"),
        status_changed("07:21:00", "In-call"),
        late,
    ];
    stack.report(&events).await;
    let rows = force_logout(&stack, json!({ "ip_addrs": ["2001:db8::/64"] })).await;
    assert_eq!(rows[0]["current_status"], "In-call");
    // The pending logout is of that session.
    stack.report_status("07:30:00", "Break").await;
    assert_eq!(stack.status("acme", 1).await, "Offline");
}

#[tokio::test]
async fn the_end_of_the_call_and_the_logout_are_one_write() {
    for busy in ["In-call", "In-chat"] {
        let stack = stack_with_idle_agent().await;
        stack.report_status("07:30:00", busy).await;
        let rows = force_logout(&stack, json!({ "agent_ids": [1] })).await;
        assert_eq!(rows[0]["current_status"], busy);
        let request = stack.state("acme", 1).await["pending"].clone();
        assert!(request.is_string());

        // The stream has a record of every write.
        let mut stream = stack.unfiltered_stream();
        while stream.read().unwrap().is_some() {}
        stack.report_status("07:40:00", "Break").await;
        let records = stream.read().unwrap().unwrap();
        assert_eq!(records.len(), 1);
        let state = stack.state("acme", 1).await;
        assert_eq!(state["status"], "Offline");
        assert_eq!(state["last"], request);
        assert!(state["pending"].is_null());
    }
}

#[tokio::test]
async fn of_two_requests_for_a_busy_agent_the_first_ends_the_session() {
    let stack = stack_with_idle_agent().await;
    stack.report_status("07:30:00", "In-call").await;
    let body = json!({ "agent_ids": [1] });
    let first = force_logout(&stack, body.clone()).await;
    let by_first = stack.state("acme", 1).await["pending"].clone();
    let second = force_logout(&stack, body).await;
    assert_eq!(first, second);
    let message = "will force logout as soon as the ongoing call/chat is completed";
    assert_eq!(second[0]["message"], message);
    let state = stack.state("acme", 1).await;
    assert_eq!(state["status"], "In-call");
    assert_eq!(state["pending"], by_first);

    stack.report_status("07:40:00", "Break").await;
    stack.report_status("07:41:00", "Break").await;
    let state = stack.state("acme", 1).await;
    assert_eq!(state["status"], "Offline");
    assert_eq!(state["last"], by_first);
}

#[tokio::test]
async fn a_job_keeps_its_counts_when_a_deferred_agent_is_logged_out() {
    let stack = TestStack::start_with_jobs_only().await;
    let agents = [agent(1, "In-call", &[]), agent(2, "lunch", &[])];
    stack.add("acme", &agents).await;
    let counts = stack.run_job("acme", &json!({ "agent_ids": [1, 2] })).await;
    assert_eq!(counts, "1 logged out, 1 deferred, 0 skipped");
    let job = stack.get_job("acme", 1).await;
    stack.report_status("07:40:00", "Break").await;
    let states = stack.states("acme").await;
    assert_eq!(states[&1]["status"], "Offline");
    assert_eq!(states[&1]["last"], states[&2]["last"]);
    assert!(states[&1]["last"].as_str().unwrap().starts_with("job#1#"));
    assert_eq!(stack.get_job("acme", 1).await, job);
}

#[tokio::test]
async fn an_agent_of_another_tenant_with_the_same_id_is_not_touched() {
    let stack = stack_with_idle_agent().await;
    stack.add("globex", &[agent(1, "In-call", &[])]).await;
    stack.report_status("07:30:00", "lunch").await;
    assert_eq!(stack.status("acme", 1).await, "lunch");
    assert_eq!(stack.status("globex", 1).await, "In-call");
}

#[tokio::test]
async fn a_job_reaches_a_session_whose_sign_in_is_in_the_future() {
    let stack = TestStack::start_with_jobs_only().await;
    let agents = [agent(1, "Offline", &[]), agent(2, "lunch", &[])];
    stack.add("acme", &agents).await;
    let sign_in = [signed_in("08:01:00", "10.0.0.1")];
    stack.report(&sign_in).await;
    let counts = stack.run_job("acme", &json!({ "agent_ids": [1, 2] })).await;
    assert_eq!(counts, "2 logged out, 0 deferred, 0 skipped");
    // Delivered again later, it is not a new session.
    stack.pass(Duration::from_hours(1));
    stack.report(&sign_in).await;
    assert_eq!(stack.status("acme", 1).await, "Offline");
}

#[tokio::test]
async fn an_event_costs_one_write_and_no_read() {
    let stack = stack_with_idle_agent().await;
    for event in [
        status_changed("07:30:00", "In-call"),
        status_changed("07:31:00", "Break"),
        signed_out("07:32:00"),
        signed_in("07:33:00", "10.0.0.1"),
        // Repeated, and too old.
        signed_in("07:33:00", "10.0.0.1"),
        status_changed("07:32:30", "In-call"),
    ] {
        let _ = stack.aws_calls.take_meter();
        stack.report(std::slice::from_ref(&event)).await;
        let calls = stack.aws_calls.take_meter().calls;
        assert_eq!(calls.len(), 1, "{event}");
        assert_eq!(calls[0].operation, "UpdateItem", "{event}");
    }
    assert_eq!(stack.status("acme", 1).await, "Available");
}

#[tokio::test]
async fn the_end_of_a_call_with_a_pending_logout_costs_two_writes() {
    let stack = stack_with_idle_agent().await;
    stack.report_status("07:40:00", "In-call").await;
    force_logout(&stack, json!({ "agent_ids": [1] })).await;
    let _ = stack.aws_calls.take_meter();
    stack.report_status("07:50:00", "Break").await;
    assert_eq!(stack.aws_calls.take_meter().calls.len(), 2);
    assert_eq!(stack.status("acme", 1).await, "Offline");
}
