//! What `docs/security.md` says and no other file shows: what the worst requests cost, and that its tests are there.

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::net::TcpListener;

use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use domain::ids::MAX_ID;
use domain::limits::{CHUNK_AGENTS, MAX_AGENT_IDS, MAX_IP_ADDRS, MAX_TEAM_IDS};
use reqwest::Method;
use serde_json::{Value, json};
use service::lambda::http::MAX_BODY_BYTES;
use tests::answer::send;
use tests::meter::Meter;
use tests::test_stack::token;
use tests::{TestStack, agent};
use wire::http::paths::{FORCE_LOGOUT_PATH, JOBS_PATH};

use crate::template::template;

/// Every array at its limit, nothing named twice, and ranges that do not touch.
fn largest_request() -> Value {
    let ids = |count: usize| (0..count as u64).map(|n| MAX_ID - n).collect::<Vec<_>>();
    let range = |n: usize| format!("2001:db8:{n:x}::1-2001:db8:{n:x}::9");
    let ranges: Vec<String> = (1..=MAX_IP_ADDRS).map(range).collect();
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

/// The other malformed credentials are in `authentication`.
#[tokio::test]
async fn a_stranger_costs_no_call_on_any_route_however_much_they_send() {
    let stack = TestStack::start().await;
    let much = "[".repeat(MAX_BODY_BYTES);
    for (method, path) in [
        (Method::POST, FORCE_LOGOUT_PATH.to_owned()),
        (Method::GET, format!("{JOBS_PATH}1")),
    ] {
        for authorization in [None, Some("Basic ???")] {
            let mut request = stack.request(method.clone(), &path).body(much.clone());
            if let Some(authorization) = authorization {
                request = request.header("authorization", authorization);
            }
            assert_eq!(
                send(request).await.status,
                401,
                "{method} {authorization:?}"
            );
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

/// The token; then as for the smallest job: its number, its message, its two items.
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
}

/// The job is one query, and every team and every range one more; a snapshot of 10,000 agents is one item; that it is planned is
/// one write; and ten chunks go into a call.
#[tokio::test]
async fn planning_the_largest_request_costs_a_query_for_each_look_up() {
    let stack = TestStack::start().await;
    stack.post_force_logout("acme", &largest_request()).await;
    let plan = stack.jobs.receive_all().await;
    let _ = stack.aws_calls.take_meter();
    assert!(stack.invoke.logout_worker(plan).await.is_empty());
    let meter = stack.aws_calls.take_meter();
    let chunks = MAX_AGENT_IDS.div_ceil(CHUNK_AGENTS);
    let expected = [
        ("BatchWriteItem", 1),
        ("Query", 1 + MAX_TEAM_IDS + MAX_IP_ADDRS),
        ("SendMessageBatch", chunks.div_ceil(10)),
        ("UpdateItem", 1),
    ];
    assert_eq!(calls(&meter), BTreeMap::from(expected));
    assert_eq!(meter.calls.len(), 2_014);
    assert_eq!(stack.jobs.receive_all().await.len(), chunks);
}

/// A chunk reads its agents, reads those again who seem not to be there, and is counted.
#[tokio::test]
async fn working_off_the_largest_request_for_nobody_costs_three_calls_a_chunk() {
    let stack = TestStack::start().await;
    stack.post_force_logout("acme", &largest_request()).await;
    let plan = stack.jobs.receive_all().await;
    assert!(stack.invoke.logout_worker(plan).await.is_empty());
    let sent = stack.jobs.receive_all().await;
    let chunks = sent.len();
    let _ = stack.aws_calls.take_meter();
    assert!(stack.invoke.logout_worker(sent).await.is_empty());
    let expected = [("BatchGetItem", 2 * chunks), ("UpdateItem", chunks)];
    assert_eq!(
        calls(&stack.aws_calls.take_meter()),
        BTreeMap::from(expected)
    );
    let job = stack.get_job("acme", 1).await.json();
    assert_eq!(job["skipped"], MAX_AGENT_IDS);
}

#[tokio::test]
async fn a_token_that_makes_no_sense_lets_nobody_in() {
    let stack = TestStack::start().await;
    let text = |text: &str| AttributeValue::S(text.to_owned());
    for (tenant, digest) in [
        ("acme", AttributeValue::B(Blob::new([]))),
        ("acme", text("secret")),
        ("ACME", AttributeValue::B(Blob::new([0; 32]))),
    ] {
        let put = stack.dynamodb.put_item().table_name("api-tokens");
        let put = put
            .item("token_id", text("acme"))
            .item("tenant", text(tenant));
        put.item("secret_sha256", digest).send().await.unwrap();
        let answer = stack.get_job("acme", 1).await;
        assert_eq!(answer.status, 401, "{tenant}");
    }
}

#[tokio::test]
async fn no_host_that_a_request_names_is_called() {
    let stack = TestStack::start_with(1, None).await;
    stack
        .add("acme", &[agent(1, "lunch", &[7]), agent(2, "lunch", &[7])])
        .await;
    let elsewhere = TcpListener::bind("127.0.0.1:0").unwrap();
    elsewhere.set_nonblocking(true).unwrap();
    let host = elsewhere.local_addr().unwrap().to_string();
    let mut request = stack.request(Method::POST, FORCE_LOGOUT_PATH);
    request = request.basic_auth("acme", Some(token("acme")));
    for name in ["host", "x-forwarded-host"] {
        request = request.header(name, &host);
    }
    for name in ["origin", "referer", "x-callback-url"] {
        request = request.header(name, format!("http://{host}/"));
    }
    let answer = send(request.json(&json!({ "team_ids": [7] }))).await;
    assert_eq!((answer.status, &answer.json()["id"]), (200, &json!(1)));
    stack.drain_jobs().await;
    assert_eq!(stack.get_job("acme", 1).await.json()["logged_out"], 2);
    let nobody = elsewhere.accept().unwrap_err();
    assert_eq!(nobody.kind(), ErrorKind::WouldBlock);
}

#[test]
fn the_gateway_limits_requests_and_invites_no_browser() {
    let api = &template()["Resources"]["Api"]["Properties"];
    let limits = &api["DefaultRouteSettings"];
    for limit in ["ThrottlingRateLimit", "ThrottlingBurstLimit"] {
        assert!(limits[limit].is_object(), "{limit}: {}", limits[limit]);
    }
    assert!(api["CorsConfiguration"].is_null());
    let domain = &template()["Resources"]["Domain"]["Properties"]["DomainNameConfigurations"];
    assert_eq!(domain[0]["SecurityPolicy"], "TLS_1_2");
}

/// A test is named as `file::test`, the file as in this folder, or by its path if it is elsewhere.
#[test]
fn every_test_that_the_document_names_is_there() {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
    let read = |path: &str| std::fs::read_to_string(format!("{root}/{path}"));
    let document = read("docs/security.md").unwrap();
    let in_code = document.split('`').skip(1).step_by(2);
    let mut count = 0;
    for (file, test) in in_code.filter_map(|text| text.split_once("::")) {
        let source = if file.contains('.') {
            read(file)
        } else {
            let folder = "tests/integration";
            read(&format!("{folder}/{file}.rs"))
                .or_else(|_| read(&format!("{folder}/{file}/mod.rs")))
        };
        let is_there = source.is_ok_and(|source| source.contains(&format!("fn {test}(")));
        assert!(is_there, "{file}::{test}");
        count += 1;
    }
    assert!(count > 30, "{count}");
}
