//! A job under faults, from the request to its status: every agent has one outcome and is counted once.

use std::collections::HashMap;
use std::ops::Range;

use serde_json::{Value, json};
use wire::http::paths::JOBS_PATH;

use super::Run;
use crate::faults::{FaultAt, script};
use crate::{Answer, TestStack, agent_at, gateway_event};

/// The selected agents, by one selector or two.
const SELECTED: Range<u64> = 1..251;
/// Agents whom no selector selects.
const OTHERS: Range<u64> = 251..261;
/// An id that no agent has.
const MISSING: u64 = 999;

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
        "agent_ids": (180..251).chain([MISSING, MISSING]).collect::<Vec<u64>>(),
        "team_ids": [7],
        "ip_addrs": ["10.0.1.0/24", "10.0.1.128-10.0.1.255"],
    })
}

async fn stack_with_agents() -> TestStack {
    let stack = TestStack::start().await;
    let agents = (SELECTED.start..OTHERS.end).map(|id| {
        let teams: &[u64] = if id <= 120 { &[7] } else { &[] };
        let address = if (81..=200).contains(&id) {
            format!("10.0.1.{id}")
        } else {
            "10.9.9.9".to_owned()
        };
        agent_at(id, status_of(id), teams, &address)
    });
    stack.bulk_insert("acme", agents);
    stack
}

/// Runs the scenario under faults, and checks how it ended.
pub async fn run(faults: Vec<FaultAt>, context: String) -> Run {
    let context = &context;
    let stack = stack_with_agents().await;
    let base = stack.aws_calls.calls();
    stack.aws_calls.script(script(base, faults));
    let mut job = None;
    for _ in 0..4 {
        let accepted = post(&stack).await;
        stack.drain_jobs().await;
        job = only_job(&stack).await;
        assert!(job.is_some() || !accepted, "{context}: a job was lost");
        if job.is_some() {
            break;
        }
        // The caller got no job, so they send the request again.
        let states = stack.states("acme").await;
        assert_untouched(&states, SELECTED, context);
    }
    let run = Run {
        calls: stack.aws_calls.calls() - base,
        failed_deliveries: stack.invoke.failed_deliveries(),
    };
    let (job, states) = (job.unwrap(), stack.states("acme").await);
    assert_counts(&job, context);
    assert_outcomes(&states, &job, context);
    assert_untouched(&states, OTHERS, context);
    run
}

/// Posts the request to the function, which may die; returns whether the caller got a job.
async fn post(stack: &TestStack) -> bool {
    let request = gateway_event::changed("force-logout", |event| {
        event["body"] = json!(body().to_string());
    });
    let answering = async {
        tokio::select! {
            answer = stack.functions.force_logout.handle(&request) => answer.status_code == 200,
            () = stack.aws_calls.death() => false,
        }
    };
    stack.aws_calls.in_virtual_time(Box::pin(answering)).await
}

/// The only job, if there is one. The first request may have taken a number without creating a job.
async fn only_job(stack: &TestStack) -> Option<Value> {
    let mut found = Vec::new();
    for number in 1..6 {
        match look_up(stack, number).await {
            (200, job) => found.push(job),
            (status, _) => assert_eq!(status, 404),
        }
    }
    assert!(found.len() <= 1, "{found:?}");
    found.pop()
}

/// Looks a job up, as often as it takes to get an answer.
async fn look_up(stack: &TestStack, number: u64) -> (u16, Value) {
    loop {
        let request = gateway_event::changed("job-status", |event| {
            event["rawPath"] = json!(format!("{JOBS_PATH}{number}"));
        });
        let answering = async {
            tokio::select! {
                answer = stack.functions.job_status.handle(&request) => Some(answer),
                () = stack.aws_calls.death() => None,
            }
        };
        let answer = stack.aws_calls.in_virtual_time(Box::pin(answering)).await;
        let Some(answer) = answer.map(|answer| Answer::of_function(&answer)) else {
            continue;
        };
        if answer.status != 503 {
            return (answer.status, answer.json());
        }
    }
}

fn assert_counts(job: &Value, context: &str) {
    let with = |statuses: &[&str]| {
        let ids = SELECTED.filter(|id| statuses.contains(&status_of(*id)));
        ids.count()
    };
    let expected = json!([
        "completed",
        SELECTED.count() + 1,
        with(&["lunch"]),
        with(&["In-call", "In-chat"]),
        with(&["Offline"]) + 1,
    ]);
    let keys = ["status", "total", "logged_out", "deferred", "skipped"];
    let found = keys.map(|key| job[key].clone());
    assert_eq!(json!(found), expected, "{context}");
}

type States = HashMap<u64, Value>;

fn assert_outcomes(states: &States, job: &Value, context: &str) {
    let prefix = format!("job#{}#", job["id"]);
    let is_by_job = |request: &Value| {
        let request = request.as_str();
        request.is_some_and(|request| request.starts_with(&prefix))
    };
    for agent_id in SELECTED {
        let state = &states[&agent_id];
        let (last, pending) = (&state["last"], &state["pending"]);
        let is_expected = match status_of(agent_id) {
            "lunch" => state["status"] == "Offline" && is_by_job(last) && pending.is_null(),
            "Offline" => state["status"] == "Offline" && last.is_null() && pending.is_null(),
            busy => state["status"] == busy && is_by_job(pending) && last.is_null(),
        };
        assert!(is_expected, "{context}: agent {agent_id} is {state}");
    }
}

fn assert_untouched(states: &States, agent_ids: Range<u64>, context: &str) {
    for agent_id in agent_ids {
        let state = &states[&agent_id];
        let is_untouched = state["status"] == status_of(agent_id)
            && state["last"].is_null()
            && state["pending"].is_null();
        assert!(is_untouched, "{context}: agent {agent_id} is {state}");
    }
}
