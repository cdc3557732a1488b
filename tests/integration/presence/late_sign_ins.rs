//! Sign-ins that are reported only after a request, and pages reloaded during a call.

use std::time::Duration;

use domain::timestamp::Timestamp;
use serde_json::json;
use tests::presence_messages::{of_agent, signed_in, signed_in_as, signed_out, status_changed};
use tests::{TestStack, agent};

#[tokio::test]
async fn an_idle_agent_stays_out_when_the_sign_in_is_reported_after_the_logout() {
    let stack = TestStack::start().await;
    stack.add("acme", &[agent(1, "Available", &[])]).await;
    let answer = stack
        .post_force_logout("acme", &json!({ "agent_ids": [1] }))
        .await;
    assert_eq!(answer.status, 200);
    stack.report(&[signed_in("07:59:00", "10.0.0.9")]).await;
    let state = stack.state("acme", 1).await;
    assert_eq!(state["status"], "Offline");
    let session = Timestamp::parse_rfc3339("2026-11-22T07:59:00Z").unwrap();
    let session = session.epoch_ms().to_string();
    assert_eq!(state["online_since"], json!(session));
    // A sign-in after the request is another session.
    stack.pass(Duration::from_mins(5));
    stack.report(&[signed_in("08:00:01", "10.0.0.9")]).await;
    assert_eq!(stack.status("acme", 1).await, "Available");
}

#[tokio::test]
async fn agents_of_a_job_stay_out_when_their_sign_ins_are_reported_after_it() {
    let stack = TestStack::start().await;
    let agents: Vec<_> = (1..=150).map(|id| agent(id, "Available", &[])).collect();
    stack.add("acme", &agents).await;
    let ids: Vec<u64> = (1..=150).collect();
    let accepted = stack
        .post_force_logout("acme", &json!({ "agent_ids": ids }))
        .await;
    assert_eq!(accepted.status, 200);
    stack.pass(Duration::from_mins(2));
    stack.drain_jobs().await;
    // Accepted at 08:00, worked on at 08:02: a session of 08:01 is a new one, and the job did not touch it.
    let late = (1..=149).map(|id| of_agent(id, &signed_in("07:59:00", "10.0.0.9")));
    let late: Vec<String> = late.collect();
    stack.report(&late).await;
    let new = of_agent(150, &signed_in("08:01:00", "10.0.0.9"));
    stack.report(&[new]).await;
    for id in 1..=149 {
        assert_eq!(stack.status("acme", id).await, "Offline", "{id}");
    }
    assert_eq!(stack.status("acme", 150).await, "Available");
}

#[tokio::test]
async fn a_pending_logout_goes_over_to_a_session_that_is_reported_late() {
    let stack = TestStack::start().await;
    stack.add("acme", &[agent(1, "In-call", &[])]).await;
    let answer = stack
        .post_force_logout("acme", &json!({ "agent_ids": [1] }))
        .await;
    assert_eq!(answer.status, 400);
    stack.report(&[signed_out("07:59:00")]).await;
    stack.report(&[signed_in("07:59:01", "10.0.0.9")]).await;
    stack.report(&[status_changed("07:59:02", "In-call")]).await;
    let state = stack.state("acme", 1).await;
    assert_eq!(state["status"], "In-call");
    assert!(state["pending"].is_string(), "{state}");
    stack.pass(Duration::from_mins(5));
    stack.report(&[status_changed("08:04:00", "Wrap-up")]).await;
    let state = stack.state("acme", 1).await;
    assert_eq!(state["status"], "Offline");
    assert!(state["last"].is_string(), "{state}");
}

#[tokio::test]
async fn a_page_reloaded_during_a_call_is_no_way_out() {
    let stack = TestStack::start().await;
    stack.add("acme", &[agent(1, "In-call", &[])]).await;
    let body = json!({ "agent_ids": [1] });
    assert_eq!(stack.post_force_logout("acme", &body).await.status, 400);
    stack.pass(Duration::from_mins(5));
    let reloaded = signed_in_as("08:01:00", "10.0.0.9", "In-call");
    stack.report(&[reloaded]).await;
    assert!(stack.state("acme", 1).await["pending"].is_string());
    stack.report(&[status_changed("08:02:00", "Wrap-up")]).await;
    assert_eq!(stack.status("acme", 1).await, "Offline");
}

#[tokio::test]
async fn an_agent_who_signed_out_and_in_by_themselves_is_not_hit() {
    let stack = TestStack::start().await;
    stack.add("acme", &[agent(1, "In-call", &[])]).await;
    let body = json!({ "agent_ids": [1] });
    assert_eq!(stack.post_force_logout("acme", &body).await.status, 400);
    stack.pass(Duration::from_mins(5));
    let again = signed_in_as("08:01:00", "10.0.0.9", "In-call");
    stack.report(&[again]).await;
    // Reported late, it shows that the page was not just reloaded.
    stack.report(&[signed_out("08:00:30")]).await;
    assert!(stack.state("acme", 1).await["pending"].is_null());
    stack.report(&[status_changed("08:02:00", "Wrap-up")]).await;
    assert_eq!(stack.status("acme", 1).await, "Wrap-up");
}
