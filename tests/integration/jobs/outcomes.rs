//! Whom a job logs out, defers or skips, and that each agent counts once.

use std::time::Duration;

use serde_json::json;
use tests::{TestStack, agent, agent_at};

#[tokio::test]
async fn an_agent_with_several_selectors_counts_once() {
    let stack = TestStack::start_with_jobs_only().await;
    let agents = [
        agent_at(1, "lunch", &[7, 8], "10.0.0.1"),
        agent_at(2, "In-call", &[7], "10.0.0.2"),
        agent_at(3, "Offline", &[8], "10.0.0.3"),
        agent_at(4, "In-chat", &[], "2001:db8::4"),
    ];
    stack.add("acme", &agents).await;
    let body = json!({
        "agent_ids": [1, 2, 2, 999], "team_ids": [7, 8, 7], "ip_addrs": ["10.0.0.0/24", "10.0.0.2", "::/0"]
    });
    let counts = stack.run_job("acme", &body).await;
    assert_eq!(counts, "1 logged out, 2 deferred, 2 skipped");
}

#[tokio::test]
async fn a_job_for_no_agent_completes() {
    let stack = TestStack::start().await;
    let teams: Vec<u64> = (1..=17).collect();
    let counts = stack.run_job("acme", &json!({ "team_ids": teams })).await;
    assert_eq!(counts, "0 logged out, 0 deferred, 0 skipped");
    assert!(stack.get_job("acme", 1).await.json()["finished_at"].is_string());
}

#[tokio::test]
async fn an_agent_who_signs_in_again_before_the_job_runs_is_skipped() {
    let stack = TestStack::start_with_jobs_only().await;
    let agents = [
        agent(1, "lunch", &[]),
        agent(2, "lunch", &[]),
        agent(3, "In-call", &[]),
    ];
    stack.add("acme", &agents).await;
    let body = json!({ "agent_ids": [1, 2, 3] });
    stack.post_force_logout("acme", &body).await;
    stack.pass(Duration::from_mins(2));
    stack.sign_in_again("acme", 1).await;
    stack.sign_in_again("acme", 3).await;
    stack.drain_jobs().await;
    let counts = stack.completed_job("acme", 1).await;
    assert_eq!(counts, "1 logged out, 0 deferred, 2 skipped");
    assert_eq!(stack.status("acme", 1).await, "lunch");
    assert_eq!(stack.status("acme", 3).await, "In-call");
}

#[tokio::test]
async fn an_agent_who_signs_in_again_between_two_deliveries_is_not_touched() {
    let stack = TestStack::start_with_jobs_only().await;
    let agents = [agent(1, "lunch", &[]), agent(2, "lunch", &[])];
    stack.add("acme", &agents).await;
    let body = json!({ "agent_ids": [1, 2] });
    stack.post_force_logout("acme", &body).await;
    stack.deliver_plans().await;
    let chunk = stack.jobs.receive_all().await;
    stack.invoke.logout_worker(chunk.clone()).await;
    stack.pass(Duration::from_mins(2));
    stack.set_status("acme", 1, "Available").await;
    stack.sign_in_again("acme", 1).await;
    stack.invoke.logout_worker(chunk).await;
    assert_eq!(stack.status("acme", 1).await, "Available");
    let counts = stack.completed_job("acme", 1).await;
    assert_eq!(counts, "2 logged out, 0 deferred, 0 skipped");
}

#[tokio::test]
async fn jobs_of_two_tenants_with_the_same_ids_are_separate() {
    let stack = TestStack::start_with_jobs_only().await;
    let agents = [agent(1, "lunch", &[]), agent(2, "In-call", &[])];
    stack.add("acme", &agents).await;
    let agents = [agent(1, "Break", &[]), agent(2, "Offline", &[])];
    stack.add("globex", &agents).await;
    for tenant in ["acme", "globex"] {
        let body = json!({ "agent_ids": [1, 2] });
        let answer = stack.post_force_logout(tenant, &body).await;
        assert_eq!(answer.json()["id"], 1);
    }
    assert!(stack.deliver_plans().await.is_empty());
    // Both chunks in one batch.
    let chunks = stack.jobs.receive_all().await;
    assert_eq!(chunks.len(), 2);
    assert!(stack.invoke.logout_worker(chunks).await.is_empty());
    let counts = stack.completed_job("acme", 1).await;
    assert_eq!(counts, "1 logged out, 1 deferred, 0 skipped");
    let counts = stack.completed_job("globex", 1).await;
    assert_eq!(counts, "1 logged out, 0 deferred, 1 skipped");
}

#[tokio::test]
async fn a_completed_job_changes_no_agent() {
    let stack = TestStack::start_with_jobs_only().await;
    let agents = [agent(1, "Offline", &[]), agent(2, "lunch", &[])];
    stack.add("acme", &agents).await;
    let body = json!({ "agent_ids": [1, 2] });
    stack.post_force_logout("acme", &body).await;
    stack.deliver_plans().await;
    let chunk = stack.jobs.receive_all().await;
    stack.invoke.logout_worker(chunk.clone()).await;
    let counts = stack.completed_job("acme", 1).await;
    assert_eq!(counts, "1 logged out, 0 deferred, 1 skipped");
    // A sign-in from before the request is reported late, and the message is delivered again.
    stack.set_status("acme", 1, "Available").await;
    assert!(stack.invoke.logout_worker(chunk).await.is_empty());
    assert_eq!(stack.status("acme", 1).await, "Available");
}
