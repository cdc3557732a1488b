//! The function `force-logout`, with events as API Gateway sends them.

use domain::callers::secret_digest;
use lambda_http::{Body, RequestExt, Response};
use serde_json::{Value, json};
use tests::answer::assert_described;
use tests::openapi::AnsweredRequest;
use tests::test_stack::name;
use tests::{Answer, TestStack, agent, gateway_event};

async fn answer(stack: &TestStack, event: &str) -> (u16, Value) {
    let request = gateway_event::recorded(event);
    let (method, path) = (request.method().clone(), request.raw_http_path().to_owned());
    let body = request.body().to_vec();
    let answer = as_received(&stack.functions.force_logout.handle(request).await);
    let answered = AnsweredRequest {
        method: method.as_str(),
        path: &path,
        body: &body,
    };
    assert_described(&answered, &answer);
    (answer.status, answer.json())
}

fn as_received(response: &Response<Body>) -> Answer {
    let Body::Text(text) = response.body() else {
        panic!("the body is text")
    };
    let headers = response.headers().iter();
    Answer {
        status: response.status().as_u16(),
        headers: headers
            .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()))
            .collect(),
        text: text.clone(),
    }
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
        let (status, rows) = answer(&stack_with_agents().await, event).await;
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
        let answer = answer(&stack_with_agents().await, event).await;
        assert_eq!(answer, (404, json!({ "message": "Not Found" })), "{event}");
    }
}
