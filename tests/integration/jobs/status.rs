//! Looking a job up: its status, its counts, and who may see it.

use std::collections::BTreeMap;
use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use tests::answer::send;
use tests::test_stack::token;
use tests::{TestStack, agent};

/// How long a job is kept.
const RETENTION: Duration = Duration::from_hours(24 * 30);

#[tokio::test]
async fn a_job_is_created_then_in_progress_then_completed() {
    let stack = TestStack::start().await;
    let agents: Vec<_> = (1..=150).map(|id| agent(id, "lunch", &[7])).collect();
    stack.add("acme", &agents).await;
    let body = json!({ "team_ids": [7] });
    stack.post_force_logout("acme", &body).await;
    let created = json!({
        "id": 1, "status": "created", "created_at": "2026-11-22T08:00:00.000Z",
        "logged_out": 0, "deferred": 0, "skipped": 0
    });
    assert_eq!(stack.get_job("acme", 1).await.json(), created);

    stack.pass(Duration::from_secs(1));
    assert!(stack.deliver_plans().await.is_empty());
    let planned = stack.get_job("acme", 1).await.json();
    let found = (&planned["status"], &planned["total"]);
    assert_eq!(found, (&json!("in_progress"), &json!(150)));

    stack.pass(Duration::from_secs(1));
    let chunks = stack.jobs.receive_all().await;
    assert_eq!(chunks.len(), 2);
    for (chunk, status) in chunks.into_iter().zip(["in_progress", "completed"]) {
        assert!(stack.invoke.logout_worker(vec![chunk]).await.is_empty());
        assert_eq!(stack.get_job("acme", 1).await.json()["status"], status);
    }
    let completed = json!({
        "id": 1, "status": "completed", "created_at": "2026-11-22T08:00:00.000Z",
        "finished_at": "2026-11-22T08:00:02.000Z", "total": 150, "logged_out": 150, "deferred": 0, "skipped": 0
    });
    assert_eq!(stack.get_job("acme", 1).await.json(), completed);
    assert_eq!(stack.status("acme", 150).await, "Offline");
}

#[tokio::test]
async fn a_completed_job_has_what_the_contract_documents() {
    let stack = TestStack::start_with_jobs_only().await;
    stack.run_job("acme", &json!({ "agent_ids": [1, 2] })).await;
    let documented: BTreeMap<String, Value> =
        serde_json::from_str(include_str!("../../fixtures/response-job-completed.json")).unwrap();
    let job = stack.get_job("acme", 1).await.json();
    for (key, value) in documented {
        if key != "id" {
            assert_eq!(job[&key], value);
        }
        assert_eq!(job[&key].is_u64(), value.is_u64());
    }
}

#[tokio::test]
async fn a_job_that_the_caller_does_not_have_is_always_the_same_404() {
    let stack = TestStack::start_with_jobs_only().await;
    let body = json!({ "agent_ids": [1, 2] });
    stack.run_job("globex", &body).await;
    let missing = stack.get_job("acme", 999).await;
    let found = (missing.status, missing.text.as_str());
    assert_eq!(found, (404, r#"{"message":"Not Found"}"#));
    for id in [
        "1",
        "0",
        "-1",
        "1.0",
        "abc",
        "01",
        "+1",
        "1%20",
        "%31%20",
        "9007199254740992",
        "99999999999999999999999",
    ] {
        assert_eq!(stack.get_job("acme", id).await, missing, "{id}");
    }
    assert_eq!(stack.get_job("globex", 1).await.status, 200);
    stack.pass(RETENTION);
    assert_eq!(stack.get_job("globex", 1).await, missing);
}

#[tokio::test]
async fn looking_a_job_up_needs_credentials() {
    let stack = TestStack::start_with_jobs_only().await;
    let path = "/apps/api/v1/agent_statuses/force_logout/jobs/1";
    assert_eq!(send(stack.request(Method::GET, path)).await.status, 401);
    let request = stack.request(Method::GET, path);
    let of_another = request.basic_auth("globex", Some(token("acme")));
    assert_eq!(send(of_another).await.status, 401);
    let other_method = stack.authorized(Method::POST, path, "acme");
    assert_eq!(send(other_method).await.status, 404);
}

#[tokio::test]
async fn looking_a_job_up_is_one_query() {
    let stack = TestStack::start_with_jobs_only().await;
    stack.run_job("acme", &json!({ "agent_ids": [1, 2] })).await;
    let _ = stack.aws_calls.take_meter();
    stack.get_job("acme", 1).await;
    let meter = stack.aws_calls.take_meter();
    assert_eq!((meter.calls.len(), meter.count("Query")), (1, 1));
}

#[tokio::test]
async fn a_job_is_unfinished_until_it_is_completed_or_expires() {
    let stack = TestStack::start_with_jobs_only().await;
    let body = json!({ "agent_ids": [1, 2] });
    for _ in 0..2 {
        stack.post_force_logout("acme", &body).await;
    }
    let unfinished = async || {
        let jobs = stack.store.unfinished_jobs(stack.clock.now());
        let jobs = jobs.await.unwrap().into_iter();
        let mut ids: Vec<_> = jobs.map(|accepted| accepted.job.job_id.get()).collect();
        ids.sort_unstable();
        ids
    };
    assert_eq!(unfinished().await, [1, 2]);
    let plans = stack.plans.receive_all().await;
    stack.invoke.job_planner(plans[..1].to_vec()).await;
    assert_eq!(unfinished().await, [1, 2]);
    stack.deliver_jobs().await;
    assert_eq!(unfinished().await.len(), 1);
    stack.pass(RETENTION);
    assert!(unfinished().await.is_empty());
    stack.leaves_messages();
}
