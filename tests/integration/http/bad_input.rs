//! Invalid requests: a clear 4xx, and no agent changes.

use domain::limits::MAX_BODY_BYTES;
use reqwest::Method;
use serde_json::json;
use tests::answer::send;
use tests::{Answer, TestStack, agent};
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
const BAD_BODIES: [(&str, &str); 14] = [
    ("", "the body is empty"),
    ("{", "not valid JSON"),
    ("[1]", "must be a JSON object"),
    ("{}", "at least one of agent_ids, team_ids and ip_addrs"),
    (
        r#"{"agent_ids":[1],"dryrun":true}"#,
        "unknown field `dryrun`",
    ),
    (
        r#"{"agent_ids":[1],"agent_ids":[1]}"#,
        "duplicate field `agent_ids`",
    ),
    (
        r#"{"agent_ids":[1,"1"]}"#,
        "agent_ids[1]: invalid type: string",
    ),
    (
        r#"{"agent_ids":[1,0]}"#,
        "agent_ids[1]: invalid value: integer `0`",
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
            json!({ "ip_addrs": vec!["10.0.0.0/8"; 10_000] }),
            "ip_addrs: 10000 entries; at most 1000 are allowed",
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
