//! Which credentials are accepted, and what checking them costs.

use std::time::Duration;

use domain::callers::secret_digest;
use domain::limits::TOKEN_MEMORY;
use reqwest::Method;
use serde_json::json;
use tests::answer::send;
use tests::test_stack::{name, token};
use tests::{Act, Answer, TestStack, agent};
use wire::http::paths::FORCE_LOGOUT_PATH;

/// Posts a request with this user name and password. If they are valid, the answer is a 400: there is no such agent.
async fn post_as(stack: &TestStack, user: &str, password: &str) -> Answer {
    let request = stack.request(Method::POST, FORCE_LOGOUT_PATH);
    send(
        request
            .basic_auth(user, Some(password))
            .json(&json!({ "agent_ids": [999] })),
    )
    .await
}

/// Posts a request with this `Authorization` header.
async fn post_with_header(stack: &TestStack, authorization: &str) -> Answer {
    let request = stack.request(Method::POST, FORCE_LOGOUT_PATH);
    send(
        request
            .header("authorization", authorization)
            .json(&json!({ "agent_ids": [999] })),
    )
    .await
}

#[tokio::test]
async fn a_valid_token_is_accepted() {
    let stack = TestStack::start().await;
    assert_eq!(post_as(&stack, "acme", &token("acme")).await.status, 400);
}

#[tokio::test]
async fn every_refusal_is_the_same_answer() {
    let stack = TestStack::start().await;
    let revoked = secret_digest("secret");
    let store = &stack.store;
    store
        .put_token("old", &name("acme"), revoked, stack.clock.now())
        .await
        .unwrap();
    store.revoke_token("old", stack.clock.now()).await.unwrap();
    let missing = send(stack.request(Method::POST, FORCE_LOGOUT_PATH)).await;
    assert_eq!(
        (missing.status, missing.message()),
        (401, "Unauthorized".to_owned())
    );
    assert_eq!(
        missing.header("www-authenticate"),
        Some(r#"Basic realm="apps-api""#)
    );
    for (user, password, why) in [
        ("acme", "acme.wrong", "wrong secret"),
        ("acme", "unknown.secret", "unknown token"),
        ("nobody", "acme.secret", "unknown tenant"),
        ("globex", "acme.secret", "another tenant's token"),
        ("acme", "old.secret", "revoked"),
        ("acme", "", "no password"),
        ("ACME", "acme.secret", "not a subdomain"),
        ("acme", "acme", "no dot"),
    ] {
        assert_eq!(post_as(&stack, user, password).await, missing, "{why}");
    }
    assert_eq!(
        post_with_header(&stack, "Bearer acme.secret").await,
        missing
    );
}

#[tokio::test]
async fn malformed_credentials_cost_no_call_and_wrong_ones_a_single_read() {
    let stack = TestStack::start().await;
    for authorization in [
        "",
        "Basic",
        "Basic ???",
        "Bearer x",
        "Basic YWNtZQ==",
        "Basic YWNtZTp4",
    ] {
        post_with_header(&stack, authorization).await;
        assert!(
            stack.aws_calls.take_meter().calls.is_empty(),
            "{authorization:?}"
        );
    }
    for password in ["acme.wrong", "unknown.secret", "globex.secret"] {
        post_as(&stack, "acme", password).await;
        let meter = stack.aws_calls.take_meter();
        assert_eq!(
            (meter.calls.len(), meter.count("GetItem")),
            (1, 1),
            "{password}"
        );
    }
}

#[tokio::test]
async fn wrong_credentials_are_refused_before_the_body_is_read() {
    let stack = TestStack::start().await;
    let request = stack
        .request(Method::POST, FORCE_LOGOUT_PATH)
        .body("not json");
    let answer = send(request.basic_auth("acme", Some("acme.wrong"))).await;
    assert_eq!(answer.status, 401);
}

#[tokio::test]
async fn a_verified_token_is_remembered_for_a_minute_and_no_longer() {
    let stack = TestStack::start().await;
    let reads = || stack.aws_calls.take_meter().count("GetItem");
    post_as(&stack, "acme", &token("acme")).await;
    assert_eq!(reads(), 1);
    stack.pass(TOKEN_MEMORY.saturating_sub(Duration::from_millis(1)));
    post_as(&stack, "acme", &token("acme")).await;
    assert_eq!(reads(), 0);
    stack.pass(Duration::from_millis(1));
    post_as(&stack, "acme", &token("acme")).await;
    assert_eq!(reads(), 1);
}

#[tokio::test]
async fn a_wrong_secret_is_refused_while_the_token_is_remembered() {
    let stack = TestStack::start().await;
    post_as(&stack, "acme", &token("acme")).await;
    assert_eq!(post_as(&stack, "acme", "acme.wrong").await.status, 401);
    assert_eq!(post_as(&stack, "globex", &token("acme")).await.status, 401);
}

#[tokio::test]
async fn a_revoked_token_is_refused_after_a_minute() {
    let stack = TestStack::start().await;
    post_as(&stack, "acme", &token("acme")).await;
    stack
        .store
        .revoke_token("acme", stack.clock.now())
        .await
        .unwrap();
    assert_eq!(post_as(&stack, "acme", &token("acme")).await.status, 400);
    stack.pass(TOKEN_MEMORY);
    assert_eq!(post_as(&stack, "acme", &token("acme")).await.status, 401);
}

#[tokio::test]
async fn a_token_that_cannot_be_looked_up_is_a_503() {
    let stack = TestStack::start().await;
    stack.aws_calls.script(|_| Act::Throttle);
    assert_eq!(post_as(&stack, "acme", &token("acme")).await.status, 503);
}

#[tokio::test]
async fn if_a_domain_is_set_the_host_must_name_the_tenant() {
    let stack = TestStack::start_with(100, Some("example.com")).await;
    stack.add("acme", &[agent(1, "lunch", &[])]).await;
    for (host, status) in [
        ("acme.example.com", 200),
        ("ACME.example.com:8443", 400),
        ("globex.example.com", 401),
        ("acme.example.org", 401),
        ("acme", 401),
        ("x.acme.example.com", 401),
    ] {
        let request = stack
            .request(Method::POST, FORCE_LOGOUT_PATH)
            .header("host", host);
        let request = request.basic_auth("acme", Some(token("acme")));
        let answer = send(request.json(&json!({ "agent_ids": [1] }))).await;
        assert_eq!(answer.status, status, "{host}");
    }
}
