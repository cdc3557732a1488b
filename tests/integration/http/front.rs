//! The HTTP front of `local`, which behaves as API Gateway does.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use reqwest::{Client, Method, Version};
use serde_json::json;
use tests::answer::send;
use tests::test_stack::token;
use tests::{TestStack, agent};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use wire::http::paths::{FORCE_LOGOUT_PATH, JOBS_PATH};

#[tokio::test]
async fn http_2_with_prior_knowledge_is_answered() {
    let stack = TestStack::start().await;
    stack.add("acme", &[agent(1, "lunch", &[])]).await;
    let caller = Client::builder().http2_prior_knowledge().build().unwrap();
    let url = format!("http://{}{FORCE_LOGOUT_PATH}", stack.address);
    let request = caller.post(url).basic_auth("acme", Some(token("acme")));
    let answer = request
        .json(&json!({ "agent_ids": [1] }))
        .send()
        .await
        .unwrap();
    assert_eq!(
        (answer.version(), answer.status().as_u16()),
        (Version::HTTP_2, 200)
    );
    assert_eq!(stack.status("acme", 1).await, "Offline");
}

/// HTTP/2 has no `Host`, and the link of a job is made of it.
#[tokio::test]
async fn http_2_has_the_host_in_the_links_of_jobs() {
    let stack = TestStack::start_with_jobs_only().await;
    let caller = Client::builder().http2_prior_knowledge().build().unwrap();
    let host = stack.address;
    let request = caller.post(format!("http://{host}{FORCE_LOGOUT_PATH}"));
    let request = request.basic_auth("acme", Some(token("acme")));
    let answer = send(request.json(&json!({ "agent_ids": [1, 2] }))).await;
    let link = format!("http://{host}{JOBS_PATH}1");
    assert_eq!(answer.header("location"), Some(&*link));
    stack.leaves_messages();
}

#[tokio::test]
async fn a_path_is_decoded_once() {
    let stack = TestStack::start_with_jobs_only().await;
    stack.run_job("acme", &json!({ "agent_ids": [1, 2] })).await;
    for (id, status) in [("%31", 200), ("%2531", 404), ("1%2F2", 404), ("%FF", 400)] {
        let request = stack.authorized(Method::GET, &format!("{JOBS_PATH}{id}"), "acme");
        assert_eq!(request.send().await.unwrap().status(), status, "{id}");
    }
}

#[tokio::test]
async fn a_chunk_whose_size_is_no_number_is_a_400() {
    let stack = TestStack::start().await;
    let mut connection = TcpStream::connect(stack.address).await.unwrap();
    // Without credentials the body need not be read.
    let credentials = BASE64_STANDARD.encode(format!("acme:{}", token("acme")));
    let request = format!(
        "POST {FORCE_LOGOUT_PATH} HTTP/1.1\r\nHost: acme.example.com\r\nAuthorization: Basic {credentials}\r\n\
         Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n"
    );
    connection.write_all(request.as_bytes()).await.unwrap();
    let mut status = [0; 12];
    connection.read_exact(&mut status).await.unwrap();
    assert_eq!(&status, b"HTTP/1.1 400");
}
