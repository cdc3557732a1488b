//! Input that no caller sends by mistake: invalid items of tokens, hosts of others.

use std::io::ErrorKind;
use std::net::TcpListener;

use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use reqwest::Method;
use serde_json::json;
use tests::answer::send;
use tests::{TestStack, agent};
use wire::http::paths::FORCE_LOGOUT_PATH;

#[tokio::test]
async fn a_token_whose_item_is_invalid_is_refused() {
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
    let stack = TestStack::start_with_jobs_only().await;
    let agents = [agent(1, "lunch", &[7]), agent(2, "lunch", &[7])];
    stack.add("acme", &agents).await;
    let other_host = TcpListener::bind("127.0.0.1:0").unwrap();
    other_host.set_nonblocking(true).unwrap();
    let host = other_host.local_addr().unwrap().to_string();
    let mut request = stack.authorized(Method::POST, FORCE_LOGOUT_PATH, "acme");
    for name in ["host", "x-forwarded-host"] {
        request = request.header(name, &host);
    }
    for name in ["origin", "referer", "x-callback-url"] {
        request = request.header(name, format!("http://{host}/"));
    }
    let answer = send(request.json(&json!({ "team_ids": [7] }))).await;
    assert_eq!((answer.status, &answer.json()["id"]), (200, &json!(1)));
    stack.drain_jobs().await;
    let counts = stack.completed_job("acme", 1).await;
    assert_eq!(counts, "2 logged out, 0 deferred, 0 skipped");
    let no_connection = other_host.accept().unwrap_err();
    assert_eq!(no_connection.kind(), ErrorKind::WouldBlock);
}
