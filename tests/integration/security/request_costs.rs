//! What requests cost in the worst case: without valid credentials, and with every array at its limit.

use std::collections::BTreeMap;

use domain::ids::MAX_ID;
use domain::limits::{CHUNK_AGENTS, MAX_AGENT_IDS, MAX_BODY_BYTES, MAX_IP_RANGES, MAX_TEAM_IDS};
use reqwest::Method;
use serde_json::{Value, json};
use tests::TestStack;
use tests::answer::send;
use tests::meter::Meter;
use wire::http::paths::{FORCE_LOGOUT_PATH, JOBS_PATH};

/// Every array at its limit, without repetition, and with ranges that do not touch.
fn largest_request() -> Value {
    let ids = |count: usize| (0..count as u64).map(|n| MAX_ID - n).collect::<Vec<_>>();
    let range = |n: usize| format!("2001:db8:{n:x}::1-2001:db8:{n:x}::9");
    let ranges: Vec<String> = (1..=MAX_IP_RANGES).map(range).collect();
    json!({ "agent_ids": ids(MAX_AGENT_IDS), "team_ids": ids(MAX_TEAM_IDS), "ip_addrs": ranges })
}

/// How often each operation was called.
fn calls(meter: &Meter) -> BTreeMap<&str, usize> {
    let mut calls = BTreeMap::new();
    for call in &meter.calls {
        *calls.entry(call.operation.as_str()).or_default() += 1;
    }
    calls
}

/// `http::authentication` has more malformed credentials.
#[tokio::test]
async fn a_request_without_valid_credentials_costs_no_call_however_large_it_is() {
    let stack = TestStack::start().await;
    let largest_body = "[".repeat(MAX_BODY_BYTES);
    for (method, path) in [
        (Method::POST, FORCE_LOGOUT_PATH.to_owned()),
        (Method::GET, format!("{JOBS_PATH}1")),
    ] {
        for authorization in [None, Some("Basic ???")] {
            let mut request = stack.request(method.clone(), &path);
            request = request.body(largest_body.clone());
            if let Some(authorization) = authorization {
                request = request.header("authorization", authorization);
            }
            let status = send(request).await.status;
            assert_eq!(status, 401, "{method} {authorization:?}");
        }
    }
    assert!(stack.aws_calls.take_meter().calls.is_empty());
}

#[tokio::test]
async fn an_unknown_token_costs_one_read_however_large_the_request() {
    let stack = TestStack::start().await;
    let request = stack.request(Method::POST, FORCE_LOGOUT_PATH);
    let request = request.basic_auth("acme", Some("unknown.secret"));
    let answer = send(request.json(&largest_request())).await;
    assert_eq!(answer.status, 401);
    let meter = stack.aws_calls.take_meter();
    assert_eq!(calls(&meter), BTreeMap::from([("GetItem", 1)]));
}

/// The token, and then as much as the smallest job: its number, its message, its two items.
#[tokio::test]
async fn the_largest_request_is_accepted_with_five_calls() {
    let stack = TestStack::start().await;
    let answer = stack.post_force_logout("acme", &largest_request()).await;
    assert_eq!((answer.status, &answer.json()["id"]), (200, &json!(1)));
    let meter = stack.aws_calls.take_meter();
    let expected = [
        ("GetItem", 1),
        ("PutItem", 2),
        ("SendMessageBatch", 1),
        ("UpdateItem", 1),
    ];
    assert_eq!(calls(&meter), BTreeMap::from(expected));
    stack.leaves_messages();
}

/// A query reads the job, and another one each team and each range. A snapshot of 10,000 agents is one item, the plan one
/// write, and ten chunks fit into a call.
#[tokio::test]
async fn planning_the_largest_request_costs_a_query_for_each_look_up() {
    let stack = TestStack::start().await;
    stack.post_force_logout("acme", &largest_request()).await;
    let _ = stack.aws_calls.take_meter();
    assert!(stack.deliver_plans().await.is_empty());
    let meter = stack.aws_calls.take_meter();
    let chunks = MAX_AGENT_IDS.div_ceil(CHUNK_AGENTS);
    let expected = [
        ("BatchWriteItem", 1),
        ("Query", 1 + MAX_TEAM_IDS + MAX_IP_RANGES),
        ("SendMessageBatch", chunks.div_ceil(10)),
        ("UpdateItem", 1),
    ];
    assert_eq!(calls(&meter), BTreeMap::from(expected));
    assert_eq!(meter.calls.len(), 3_014);
    assert_eq!(stack.jobs.receive_all().await.len(), chunks);
    stack.leaves_messages();
}

/// A chunk reads its agents, reads those again who seem to be missing, and is counted.
#[tokio::test]
async fn a_chunk_of_missing_agents_costs_three_calls() {
    let stack = TestStack::start().await;
    stack.post_force_logout("acme", &largest_request()).await;
    assert!(stack.deliver_plans().await.is_empty());
    let sent = stack.jobs.receive_all().await;
    let chunks = sent.len();
    let _ = stack.aws_calls.take_meter();
    assert!(stack.invoke.logout_worker(sent).await.is_empty());
    let meter = stack.aws_calls.take_meter();
    let expected = [("BatchGetItem", 2 * chunks), ("UpdateItem", chunks)];
    assert_eq!(calls(&meter), BTreeMap::from(expected));
    let counts = stack.completed_job("acme", 1).await;
    assert_eq!(counts, "0 logged out, 0 deferred, 10000 skipped");
}
