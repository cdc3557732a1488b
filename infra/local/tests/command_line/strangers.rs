//! Requests of web pages, and of callers who are slow, idle or have no credentials.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};

use super::running::{ANY_PORTS, Running};

/// Sends bytes, and reads until the other side closes; the first line, or nothing.
fn exchange(address: SocketAddr, request: &[u8]) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.write_all(request).unwrap();
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    let answer = String::from_utf8_lossy(&answer);
    answer.lines().next().unwrap_or_default().to_owned()
}

fn request(method: &str, headers: &str) -> String {
    format!("{method} / HTTP/1.1\r\nConnection: close\r\nContent-Length: 0\r\n{headers}\r\n\r\n")
}

#[test]
fn dynamodb_and_sqs_refuse_every_request_that_a_web_page_can_send() {
    let running = Running::start(&ANY_PORTS);
    for line in [1, 2] {
        let address = running.address(line);
        let own = format!("Host: {address}");
        for (method, headers) in [
            ("POST", format!("{own}\r\nOrigin: https://example.com")),
            ("POST", format!("{own}\r\nOrigin: null")),
            ("POST", format!("{own}\r\nOrigin: http://{address}")),
            (
                "OPTIONS",
                format!(
                    "{own}\r\nOrigin: https://example.com\r\nAccess-Control-Request-Method: POST"
                ),
            ),
            ("POST", format!("Host: example.com:{}", address.port())),
            ("GET", "Host: example.com".to_owned()),
            ("POST", "X-No-Host: here".to_owned()),
        ] {
            let answer = exchange(address, request(method, &headers).as_bytes());
            assert!(answer.contains(" 403 "), "{method} {headers}: {answer:?}");
        }
        let localhost = format!("Host: localhost:{}", address.port());
        let answer = exchange(address, request("POST", &localhost).as_bytes());
        assert!(
            answer.starts_with("HTTP/1.1 ") && !answer.contains(" 403 "),
            "{answer:?}"
        );
    }
}

#[tokio::test]
async fn callers_are_answered_beside_a_thousand_idle_connections() {
    let running = Running::start(&ANY_PORTS);
    for line in 0..3 {
        let idle: Vec<_> = (0..300)
            .map(|_| TcpStream::connect(running.address(line)).unwrap())
            .collect();
        let (status, _) = running.paste(0).await;
        assert!([200, 400].contains(&status), "{status}");
        drop(idle);
    }
}

const FORCE_LOGOUT: &str = "POST /apps/api/v1/agent_statuses/force_logout HTTP/1.1\r\nHost: localhost\r\n\
     Content-Type: application/json\r\n";
/// `sample:sample.local`
const CREDENTIALS: &str = "Authorization: Basic c2FtcGxlOnNhbXBsZS5sb2NhbA==\r\n";

/// The caller announces a body and sends none: only who waits for it does not answer.
#[test]
fn the_body_of_a_caller_without_credentials_is_not_read() {
    let running = Running::start(&ANY_PORTS);
    for credentials in [
        "",
        "Authorization: Bearer abc\r\n",
        "Authorization: Basic !\r\n",
    ] {
        let head = format!("{FORCE_LOGOUT}{credentials}Content-Length: 10000000\r\n\r\n");
        let mut stream = TcpStream::connect(running.address(0)).unwrap();
        stream.write_all(head.as_bytes()).unwrap();
        let mut status = [0; 12];
        stream.read_exact(&mut status).unwrap();
        assert_eq!(&status, b"HTTP/1.1 401", "{credentials}");
    }
}

#[test]
fn a_body_in_bad_chunks_is_a_bad_request() {
    let running = Running::start(&ANY_PORTS);
    let request = format!(
        "{FORCE_LOGOUT}{CREDENTIALS}Transfer-Encoding: chunked\r\n\r\nnot a size\r\n{{}}\r\n"
    );
    let answer = exchange(running.address(0), request.as_bytes());
    assert!(answer.contains(" 400 "), "{answer:?}");
}

#[tokio::test]
async fn http_2_with_prior_knowledge_is_answered() {
    let running = Running::start(&ANY_PORTS);
    let client = reqwest::Client::builder()
        .no_proxy()
        .http2_prior_knowledge();
    let (user, password, body, url) = running.commands().swap_remove(0);
    let request = client.build().unwrap().post(url);
    let request = request.basic_auth(user, Some(password)).body(body);
    let request = request.header("content-type", "application/json");
    let answer = request.send().await.unwrap();
    assert_eq!(answer.version(), reqwest::Version::HTTP_2);
    assert_eq!(answer.status(), 200);
}

#[test]
fn what_is_open_to_other_machines_is_said() {
    let warnings = |args: &[&str]| {
        let running = Running::start(args);
        let lines = running.greeting.iter();
        let warnings = lines.filter(|line| line.starts_with("warning: "));
        warnings.cloned().collect::<Vec<String>>()
    };
    assert!(warnings(&ANY_PORTS).is_empty());
    for flag in ["--listen", "--dynamodb-listen", "--sqs-listen"] {
        let mut args = ANY_PORTS;
        let position = args.iter().position(|arg| *arg == flag).unwrap();
        args[position + 1] = "0.0.0.0:0";
        let said = warnings(&args);
        assert_eq!(said.len(), 1, "{said:?}");
        assert!(said[0].contains(flag), "{said:?}");
    }
}
