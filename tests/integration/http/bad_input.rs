//! Invalid requests: a clear 4xx, and no agent changes.

use domain::limits::MAX_BODY_BYTES;
use reqwest::Method;
use serde_json::json;
use tests::answer::send;
use tests::{Answer, TestStack, agent, agent_at};
use wire::http::paths::FORCE_LOGOUT_PATH;

async fn post(stack: &TestStack, content_type: Option<&str>, body: impl Into<Vec<u8>>) -> Answer {
    let request = stack.authorized(Method::POST, FORCE_LOGOUT_PATH, "acme");
    let request = request.body(body.into());
    match content_type {
        Some(content_type) => send(request.header("content-type", content_type)).await,
        None => send(request).await,
    }
}

/// One body of each kind, and what is in the message.
const BAD_BODIES: [(&str, &str); 18] = [
    ("", "the body is empty"),
    ("{", "not valid JSON"),
    ("[1]", "must be a JSON object"),
    ("{}", "at least one of agent_ids, team_ids and ip_addrs"),
    (
        r#"{"agent_ids":[1],"dryrun":true}"#,
        "unknown key \"dryrun\"",
    ),
    (
        r#"{"agent_ids":[1],"agent_ids":[1]}"#,
        "agent_ids: stands twice",
    ),
    (
        r#"{"agent_ids":[1,"1"]}"#,
        "agent_ids[1]: \"1\" is not an integer",
    ),
    (
        r#"{"agent_ids":[1,0]}"#,
        "agent_ids[1]: 0 is not an integer",
    ),
    (
        r#"{"agent_ids":[1],"ip_addrs":["10.0.0.9-10.0.0.1"]}"#,
        "ip_addrs[0]: \"10.0.0.9-10.0.0.1\" ends before it starts",
    ),
    (
        r#"{"agent_ids":[1],"ip_addrs":["10.0.0.1-::1"]}"#,
        "mixes IPv4 and IPv6",
    ),
    (
        r#"{"agent_ids":[1],"ip_addrs":["10.0.0.0/33"]}"#,
        "has a prefix length that is not a number from 0 to 32",
    ),
    (
        r#"{"agent_ids":[1],"ip_addrs":["fe80::1%eth0"]}"#,
        "has a zone id",
    ),
    (
        r#"{"agent_ids":[1],"ip_addrs":["office"]}"#,
        "is not an IP address",
    ),
    (
        r#"{"agent_ids":[1],"ip_addrs":[""]}"#,
        "ip_addrs[0]: \"\" is empty",
    ),
    (
        r#"{"agent_ids":[1],"ip_addrs":["203.0.113.0/24 # Manila"]}"#,
        "ip_addrs[0]: \"203.0.113.0/24 # Manila\" has text after the block",
    ),
    (
        r#"{"agent_ids":[1],"ip_addrs":["10.1.*.*"]}"#,
        "has wildcards: write 10.1.0.0/16",
    ),
    (
        r#"{"agent_ids":[1],"ip_addrs":["192.168.1.1-254"]}"#,
        "has a shortened end: write 192.168.1.1-192.168.1.254",
    ),
    (
        r#"{"agent_ids":[1],"ip_addrs":["10.0.0.1","x","10.0.0.2","y"],"team_ids":[0]}"#,
        "; team_ids[0]: 0 is not",
    ),
];

/// The tests of `wire::http::SelectorsBody` check every message. Here one of each kind reaches the caller.
#[tokio::test]
async fn a_bad_body_is_a_400_with_a_message_and_changes_no_agent() {
    let stack = TestStack::start().await;
    stack.add("acme", &[agent(1, "lunch", &[1])]).await;
    for (body, message) in BAD_BODIES {
        let answer = post(&stack, Some("application/json"), body).await;
        assert_eq!(answer.status, 400, "{body}");
        assert!(answer.message().contains(message), "{}", answer.message());
    }
    let not_utf8 = post(
        &stack,
        Some("application/json"),
        b"{\"agent_ids\":[1],\"\xff\":1}",
    )
    .await;
    assert_eq!(not_utf8.status, 400);
    assert_eq!(stack.status("acme", 1).await, "lunch");
}

#[tokio::test]
async fn arrays_beyond_their_limits_are_refused_without_a_read() {
    let stack = TestStack::start().await;
    post(&stack, Some("application/json"), "{}").await;
    let _ = stack.aws_calls.take_meter();
    for (body, message) in [
        (
            json!({ "agent_ids": vec![1; 10_001] }),
            "agent_ids: 10001 entries; at most 10000 are allowed",
        ),
        (
            json!({ "team_ids": vec![1; 1_001] }),
            "team_ids: 1001 entries; at most 1000 are allowed",
        ),
        (
            json!({ "ip_addrs": (0..5_001).map(|n| format!("10.0.{}.{}", n / 256, n % 256)).collect::<Vec<_>>() }),
            "ip_addrs: 5001 distinct entries; at most 5000 are allowed",
        ),
    ] {
        let answer = post(&stack, Some("application/json"), body.to_string()).await;
        assert_eq!((answer.status, answer.message()), (400, message.to_owned()));
    }
    assert!(stack.aws_calls.take_meter().calls.is_empty());
}

#[tokio::test]
async fn a_body_over_a_mebibyte_is_a_413() {
    let stack = TestStack::start().await;
    stack.add("acme", &[agent(1, "lunch", &[])]).await;
    let padded = |len: usize| format!("{}{}", " ".repeat(len - 17), r#"{"agent_ids":[1]}"#);
    let too_large = post(&stack, Some("application/json"), padded(MAX_BODY_BYTES + 1)).await;
    assert_eq!(too_large.status, 413);
    assert_eq!(
        too_large.message(),
        "the body has 1048577 bytes; at most 1048576 are allowed"
    );
    let largest = post(&stack, Some("application/json"), padded(MAX_BODY_BYTES)).await;
    assert_eq!(largest.status, 200);
}

#[tokio::test]
async fn only_json_is_accepted() {
    let stack = TestStack::start().await;
    stack.add("acme", &[agent(1, "lunch", &[])]).await;
    let body = r#"{"agent_ids":[1]}"#;
    for content_type in [
        None,
        Some("text/plain"),
        Some("application/x-www-form-urlencoded"),
        Some("application/jsonp"),
        Some("application/octet-stream"),
    ] {
        let answer = post(&stack, content_type, body).await;
        let message = "the Content-Type must be application/json".to_owned();
        assert_eq!(
            (answer.status, answer.message()),
            (415, message),
            "{content_type:?}"
        );
    }
    assert_eq!(stack.status("acme", 1).await, "lunch");
    let answer = post(&stack, Some("Application/JSON; charset=utf-8"), body).await;
    assert_eq!(answer.status, 200);
}

#[tokio::test]
async fn other_methods_and_paths_are_a_404() {
    let stack = TestStack::start().await;
    for (method, path) in [
        (Method::GET, FORCE_LOGOUT_PATH),
        (Method::PUT, FORCE_LOGOUT_PATH),
        (Method::DELETE, FORCE_LOGOUT_PATH),
        (Method::POST, "/"),
        (Method::POST, "/apps/api/v1/agent_statuses/force_logout/"),
        (Method::POST, "/apps/api/v1/agent_statuses"),
        (Method::POST, "/apps/api/v2/agent_statuses/force_logout"),
    ] {
        let request = stack.authorized(method, path, "acme");
        let answer = send(request.json(&json!({ "agent_ids": [1] }))).await;
        assert_eq!(
            (answer.status, answer.text.as_str()),
            (404, r#"{"message":"Not Found"}"#),
            "{path}"
        );
    }
}

#[tokio::test]
async fn invalid_host_and_forwarding_headers_are_harmless() {
    let stack = TestStack::start().await;
    stack.add("acme", &[agent(1, "lunch", &[])]).await;
    let long_query = format!("{FORCE_LOGOUT_PATH}?{}", "q".repeat(60_000));
    for (name, value, path, status) in [
        ("host", "a b", FORCE_LOGOUT_PATH, 400),
        ("host", "1.2.3.4.5", FORCE_LOGOUT_PATH, 400),
        ("x-other", "x", &long_query, 400),
        ("x-forwarded-proto", "a b", FORCE_LOGOUT_PATH, 200),
    ] {
        let request = stack.authorized(Method::POST, path, "acme");
        let request = request.header(name, value);
        let answer = send(request.json(&json!({ "agent_ids": [1] }))).await;
        assert_eq!(answer.status, status, "{name}: {value}");
    }
}

#[tokio::test]
async fn an_absent_key_may_be_null() {
    let stack = TestStack::start().await;
    stack.add("acme", &[agent(1, "lunch", &[])]).await;
    let body = json!({ "agent_ids": [1], "team_ids": null });
    assert_eq!(stack.post_force_logout("acme", &body).await.status, 200);
}

#[tokio::test]
async fn a_byte_order_mark_is_skipped() {
    let stack = TestStack::start().await;
    stack.add("acme", &[agent(1, "lunch", &[])]).await;
    let body = "\u{feff}{\"agent_ids\":[1]}";
    let request = stack.authorized(Method::POST, FORCE_LOGOUT_PATH, "acme");
    let request = request.header("content-type", "application/json");
    let answer = request.body(body).send().await.unwrap();
    assert_eq!(answer.status(), 200);
}

#[tokio::test]
async fn a_compressed_body_is_a_415_that_names_the_header() {
    let stack = TestStack::start().await;
    let request = stack.authorized(Method::POST, FORCE_LOGOUT_PATH, "acme");
    let request = request.header("content-type", "application/json");
    let request = request.header("content-encoding", "gzip");
    let answer = send(request.body(vec![0x1f, 0x8b, 8, 0])).await;
    assert_eq!(answer.status, 415);
    let expected = "the Content-Encoding \"gzip\" is not supported; send the body as it is";
    assert_eq!(answer.message(), expected);
}

#[tokio::test]
async fn query_parameters_are_named_and_nobody_is_touched() {
    let stack = TestStack::start_with_jobs_only().await;
    stack.add("acme", &[agent(1, "lunch", &[])]).await;
    let body = json!({ "agent_ids": [1, 2] });
    let path = format!("{FORCE_LOGOUT_PATH}?validate_only=true&x");
    let request = stack.authorized(Method::POST, &path, "acme");
    let answer = send(request.json(&body)).await;
    let expected = r#"unknown query parameter "validate_only"; unknown query parameter "x""#;
    assert_eq!((answer.status, &*answer.message()), (400, expected));
    assert_eq!(stack.status("acme", 1).await, "lunch");

    stack.run_job("acme", &body).await;
    let answer = stack.get_job("acme", "1?page=2").await;
    let expected = r#"unknown query parameter "page""#;
    assert_eq!((answer.status, &*answer.message()), (400, expected));
}

/// A range with a dash that a word processor made, a netmask, and a list of blocks that hardly merge.
#[tokio::test]
async fn addresses_are_found_however_they_are_written() {
    let stack = TestStack::start().await;
    let agents = [
        agent_at(1, "lunch", &[], "172.24.56.9"),
        agent_at(2, "lunch", &[], "10.200.0.1"),
        agent_at(3, "lunch", &[], "172.24.57.1"),
    ];
    stack.add("acme", &agents).await;
    let body = json!({ "ip_addrs": ["172.24.56.7\u{2013}172.24.56.126", "10.0.0.0/255.0.0.0"] });
    let rows = stack.post_force_logout("acme", &body).await.json();
    let ids: Vec<_> = rows
        .as_array()
        .unwrap()
        .iter()
        .map(|row| &row["agent_id"])
        .collect();
    assert_eq!(ids, [&json!(1), &json!(2)]);

    let block = |n: usize| format!("172.{}.{}.0/26", 24 + n / 256, n % 256);
    let blocks: Vec<String> = (0..1_700).map(block).collect();
    let counts = stack.run_job("acme", &json!({ "ip_addrs": blocks })).await;
    assert_eq!(counts, "1 logged out, 0 deferred, 1 skipped");

    let same = json!({ "ip_addrs": vec!["172.24.57.0/24"; 1_001] });
    assert_eq!(stack.post_force_logout("acme", &same).await.status, 400);
}
