//! A job under faults: every AWS call from the request to the status is lost, answered in vain, throttled, or the last
//! thing its function does. Whatever happens, everybody is settled once and counted once.

use std::ops::Range;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use lambda_http::Body;
use serde_json::{Value, json};
use tests::faults::{Fault, FaultAt, every_call_meets, faults_come_together, script};
use tests::test_stack::token;
use tests::{TestStack, agent_at};
use wire::http::paths::JOBS_PATH;

/// Agents 1 to 250 are meant, by one selector or two; the rest are bystanders. Nobody has the id 999.
const MEANT: Range<u64> = 1..251;
const BYSTANDERS: Range<u64> = 251..261;

fn status_of(agent_id: u64) -> &'static str {
    match agent_id {
        id if id % 13 == 0 => "Offline",
        id if id % 20 == 0 => "In-call",
        id if id % 15 == 0 => "In-chat",
        _ => "lunch",
    }
}

fn body() -> Value {
    json!({
        "agent_ids": (180..251).chain([999, 999]).collect::<Vec<u64>>(),
        "team_ids": [7],
        "ip_addrs": ["10.0.1.0/24", "10.0.1.128-10.0.1.255"],
    })
}

async fn prepared() -> TestStack {
    let stack = TestStack::start().await;
    let agents = (MEANT.start..BYSTANDERS.end).map(|id| {
        let teams: &[u64] = if id <= 120 { &[7] } else { &[] };
        let address = if (81..=200).contains(&id) {
            format!("10.0.1.{id}")
        } else {
            "10.9.9.9".to_owned()
        };
        agent_at(id, status_of(id), teams, &address)
    });
    stack.add("acme", &agents.collect::<Vec<_>>()).await;
    stack
}

/// Posts the request to the function itself, which may die; true if the caller was told of a job.
async fn post(stack: &TestStack) -> bool {
    let request = event("force-logout", |event| {
        event["body"] = json!(body().to_string());
    });
    tokio::select! {
        answer = stack.functions.force_logout.handle(request) => answer.status() == 200,
        () = stack.aws_calls.death() => false,
    }
}

/// The only job there is, if there is one. Asks again when the answer does not come, as a caller does.
async fn job(stack: &TestStack) -> Option<Value> {
    let mut found = Vec::new();
    for number in 1..6 {
        let (status, job) = loop {
            let request = event("job-status", |event| {
                event["rawPath"] = json!(format!("{JOBS_PATH}{number}"));
            });
            tokio::select! {
                answer = stack.functions.job_status.handle(request) => {
                    let (parts, Body::Text(text)) = answer.into_parts() else { panic!("the body is text") };
                    if parts.status != 503 {
                        break (parts.status, serde_json::from_str(&text).unwrap());
                    }
                }
                () = stack.aws_calls.death() => {}
            }
        };
        match status.as_u16() {
            200 => found.push(job),
            status => assert_eq!(status, 404),
        }
    }
    assert!(found.len() <= 1, "{found:?}");
    found.pop()
}

/// The request of a recorded event, with this test's credentials and a change.
pub fn event(name: &str, change: impl FnOnce(&mut Value)) -> lambda_http::Request {
    let path = format!("{}/fixtures/events/{name}.json", env!("CARGO_MANIFEST_DIR"));
    let mut event: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let credentials = BASE64_STANDARD.encode(format!("acme:{}", token("acme")));
    event["headers"]["authorization"] = json!(format!("Basic {credentials}"));
    change(&mut event);
    lambda_http::request::from_str(&event.to_string()).unwrap()
}

/// Runs the scenario under faults and checks how it ended. Answers how many calls it took.
async fn run(faults: Vec<FaultAt>, why: String) -> u64 {
    let why = &why;
    let stack = prepared().await;
    let base = stack.aws_calls.calls();
    stack.aws_calls.script(script(base, faults));
    let mut answer = None;
    for _ in 0..4 {
        let accepted = post(&stack).await;
        stack.drain_jobs().await;
        answer = job(&stack).await;
        // A caller who was told of a job must find it; one who was not asks again, unless it came to be all the same.
        assert!(answer.is_some() || !accepted, "{why}: a job was lost");
        if answer.is_some() {
            break;
        }
        assert_untouched(&stack, MEANT, why).await;
    }
    let calls = stack.aws_calls.calls() - base;
    assert_settled(&stack, &answer.unwrap(), why).await;
    assert_untouched(&stack, BYSTANDERS, why).await;
    calls
}

async fn assert_settled(stack: &TestStack, job: &Value, why: &str) {
    let with = |statuses: &[&str]| {
        MEANT
            .filter(|id| statuses.contains(&status_of(*id)))
            .count()
    };
    let expected = json!([
        "completed",
        MEANT.count() + 1,
        with(&["lunch"]),
        with(&["In-call", "In-chat"]),
        with(&["Offline"]) + 1,
    ]);
    let found = json!([
        job["status"],
        job["total"],
        job["logged_out"],
        job["deferred"],
        job["skipped"]
    ]);
    assert_eq!(found, expected, "{why}");

    let prefix = format!("job#{}#", job["id"]);
    let by_this_job = |request: &Value| {
        request
            .as_str()
            .is_some_and(|request| request.starts_with(&prefix))
    };
    let states = stack.states("acme").await;
    for agent_id in MEANT {
        let state = &states[&agent_id];
        let settled = match status_of(agent_id) {
            "lunch" => {
                state["status"] == "Offline"
                    && by_this_job(&state["last"])
                    && state["pending"].is_null()
            }
            "Offline" => {
                state["status"] == "Offline"
                    && state["last"].is_null()
                    && state["pending"].is_null()
            }
            busy => {
                state["status"] == busy && by_this_job(&state["pending"]) && state["last"].is_null()
            }
        };
        assert!(settled, "{why}: agent {agent_id} is {state}");
    }
}

async fn assert_untouched(stack: &TestStack, agent_ids: Range<u64>, why: &str) {
    let states = stack.states("acme").await;
    for agent_id in agent_ids {
        let state = &states[&agent_id];
        let untouched = state["status"] == status_of(agent_id)
            && state["last"].is_null()
            && state["pending"].is_null();
        assert!(untouched, "{why}: agent {agent_id} is {state}");
    }
}

#[tokio::test]
async fn any_request_may_be_lost() {
    every_call_meets(Fault::RequestLost, false, run).await;
}

#[tokio::test]
async fn any_request_may_be_lost_with_its_retries() {
    every_call_meets(Fault::RequestLost, true, run).await;
}

#[tokio::test]
async fn any_reply_may_be_lost() {
    every_call_meets(Fault::ReplyLost, false, run).await;
}

#[tokio::test]
async fn any_reply_may_be_lost_with_its_retries() {
    every_call_meets(Fault::ReplyLost, true, run).await;
}

#[tokio::test]
async fn any_call_may_be_throttled() {
    every_call_meets(Fault::Throttled, false, run).await;
}

#[tokio::test]
async fn any_call_may_be_throttled_with_its_retries() {
    every_call_meets(Fault::Throttled, true, run).await;
}

#[tokio::test]
async fn a_function_may_die_after_any_call() {
    every_call_meets(Fault::DiesAfter, false, run).await;
}

#[tokio::test]
async fn faults_may_come_together() {
    faults_come_together(None, run).await;
}
