//! The function `force-logout`, with events as API Gateway sends them.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use domain::callers::secret_digest;
use serde_json::value::{RawValue, to_raw_value};
use serde_json::{Value, json};
use tests::answer::assert_described;
use tests::openapi::AnsweredRequest;
use tests::test_stack::name;
use tests::{Answer, TestStack, agent, gateway_event};
use wire::http::paths::JOBS_PATH;

async fn answer(stack: &TestStack, event: &RawValue) -> (u16, Value) {
    let answer = stack.functions.force_logout.handle(event).await;
    let answer = Answer::of_function(&answer);
    let event: Value = serde_json::from_str(event.get()).unwrap();
    let text = |pointer: &str| {
        event
            .pointer(pointer)
            .and_then(Value::as_str)
            .unwrap_or_default()
    };
    let body = match BASE64_STANDARD.decode(text("/body")) {
        Ok(decoded) if event["isBase64Encoded"] == json!(true) => decoded,
        _ => text("/body").into(),
    };
    let answered = AnsweredRequest {
        method: text("/requestContext/http/method"),
        path: text("/rawPath"),
        body: &body,
    };
    assert_described(&answered, &answer);
    (answer.status, answer.json())
}

/// The token of the events is `acme.local`.
async fn stack_with_agents() -> TestStack {
    let stack = TestStack::start().await;
    let (tenant, digest) = (name("acme"), secret_digest("local"));
    let put = stack
        .store
        .put_token("acme", &tenant, digest, stack.clock.now());
    put.await.unwrap();
    let agents = [agent(11, "lunch", &[]), agent(12, "In-call", &[])];
    stack.add("acme", &agents).await;
    stack
}

#[tokio::test]
async fn a_plain_and_a_base64_body_are_read_alike() {
    for event in ["force-logout", "force-logout-base64"] {
        let (status, rows) =
            answer(&stack_with_agents().await, &gateway_event::recorded(event)).await;
        assert_eq!(
            (status, &rows[0]["current_status"]),
            (200, &json!("Offline")),
            "{event}"
        );
        assert_eq!(rows.as_array().unwrap().len(), 2);
    }
}

#[tokio::test]
async fn an_event_of_another_route_is_a_404() {
    for event in ["unknown-route", "wrong-method"] {
        let answer = answer(&stack_with_agents().await, &gateway_event::recorded(event)).await;
        assert_eq!(answer, (404, json!({ "message": "Not Found" })), "{event}");
    }
}

/// What a caller can send that no browser does, as the gateway hands it over.
#[tokio::test]
async fn a_malformed_event_is_a_400_and_touches_nobody() {
    let stack = TestStack::start().await;
    stack.add("acme", &[agent(11, "lunch", &[])]).await;
    for (pointer, value, message) in [
        (
            "/headers/host",
            "xn--a.example.com",
            "the host is malformed",
        ),
        (
            "/headers/host",
            "acme.example.com:99999",
            "the host is malformed",
        ),
        ("/headers/host", "a b", "the host is malformed"),
        ("/rawQueryString", "\"", "unknown query parameter \"\\\"\""),
        (
            "/rawQueryString",
            "dry_run=true&x=1",
            "unknown query parameter \"dry_run\"; unknown query parameter \"x\"",
        ),
        ("/requestContext", "text", "the request cannot be read"),
        ("/headers", "text", "the request cannot be read"),
    ] {
        let event = gateway_event::changed("force-logout", |event| {
            *event.pointer_mut(pointer).unwrap() = json!(value);
        });
        let answer = Answer::of_function(&stack.functions.force_logout.handle(&event).await);
        assert_eq!(
            (answer.status, &*answer.message()),
            (400, message),
            "{pointer}: {value}"
        );
    }
    let bad_base64 = gateway_event::changed("force-logout", |event| {
        event["isBase64Encoded"] = json!(true);
    });
    let expected = (400, json!({ "message": "the body cannot be read" }));
    assert_eq!(answer(&stack, &bad_base64).await, expected);
    assert_eq!(stack.status("acme", 11).await, "lunch");
}

#[tokio::test]
async fn both_functions_answer_events_of_other_kinds() {
    let stack = TestStack::start().await;
    for event in [json!(null), json!([1]), json!({}), json!({ "Records": [] })] {
        let event = to_raw_value(&event).unwrap();
        for answer in [
            stack.functions.force_logout.handle(&event).await,
            stack.functions.job_status.handle(&event).await,
        ] {
            let answer = Answer::of_function(&answer);
            assert_eq!(
                (answer.status, &*answer.message()),
                (400, "the request cannot be read")
            );
        }
    }
    assert!(stack.aws_calls.take_meter().calls.is_empty());
}

/// The gateway has decoded the path once, and what it hands over is not decoded again.
#[tokio::test]
async fn the_path_is_taken_as_the_gateway_hands_it_over() {
    let stack = TestStack::start_with_jobs_only().await;
    stack.run_job("acme", &json!({ "agent_ids": [1, 2] })).await;
    for (path, status) in [
        ("1", 200),
        ("%31", 404),
        ("1/", 404),
        ("1\n", 404),
        ("", 404),
    ] {
        let event = gateway_event::changed("job-status", |event| {
            event["rawPath"] = json!(format!("{JOBS_PATH}{path}"));
        });
        let answer = Answer::of_function(&stack.functions.job_status.handle(&event).await);
        assert_eq!(answer.status, status, "{path:?}");
    }
}
