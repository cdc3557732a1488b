//! Services that do not answer as they should, or not at once.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::thread;

use crate::stack::{Ended, ended, program};

const BUSY: &str = "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 0\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}";
const NOBODY: &str = r#"{"message":"cannot find any agent by input params"}"#;
const ROW: &str = r#"[{"agent_id":1,"name":"A","email":"a@x","agent_number":"1","previous_status":"lunch","current_status":"Offline"}]"#;

/// An answer with a JSON body.
fn answer(status: &str, body: &str) -> String {
    let length = body.len();
    format!("HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{body}")
}

fn job(status: &str, logged_out: u32, skipped: u32) -> String {
    let total = logged_out + skipped;
    answer(
        "200 OK",
        &format!(
            r#"{{"id":1,"status":"{status}","total":{total},"logged_out":{logged_out},"deferred":0,"skipped":{skipped}}}"#
        ),
    )
}

/// Answers requests so, one after the other and the last one for ever, and says how many there were when it is let go.
fn service_that_answers(
    answers: Vec<String>,
) -> (String, thread::JoinHandle<usize>, impl FnOnce()) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let answering = thread::spawn(move || {
        for requests in 0.. {
            let (mut connection, _) = listener.accept().unwrap();
            let mut request = [0; 4096];
            if connection.read(&mut request).unwrap() == 0 {
                return requests;
            }
            let answer = answers.get(requests).or(answers.last()).unwrap();
            connection.write_all(answer.as_bytes()).unwrap();
        }
        unreachable!()
    });
    let stop = move || drop(std::net::TcpStream::connect(address).unwrap());
    (format!("http://{address}"), answering, stop)
}

/// The program against a service that answers so; how it ended, and how many requests there were.
async fn run(args: &[&str], answers: Vec<String>) -> (Ended, usize) {
    let (url, answering, stop) = service_that_answers(answers);
    let mut program = program(&[args, &["--tenant", "acme", "--url", &url]].concat());
    program.env("AGENT_LOGOUT_TOKEN", "a.b");
    let ended = ended(program).await;
    stop();
    (ended, answering.join().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_after_a_503_does_not_claim_to_be_all() {
    let logout = ["logout", "--team", "1"];
    let (rows, _) = run(&logout, vec![BUSY.to_owned(), answer("200 OK", ROW)]).await;
    assert_eq!(rows.code, 0, "{rows:?}");
    let told =
        "an earlier try was answered 503 and may have logged out others\n1 agent logged out\n";
    assert!(rows.stderr.ends_with(told), "{rows:?}");

    let nobody = answer("400 Bad Request", NOBODY);
    let (out, _) = run(&logout, vec![BUSY.to_owned(), nobody.clone()]).await;
    assert_eq!(out.code, 0, "{out:?}");
    assert!(
        out.stderr
            .contains("everybody is out, or nobody was online"),
        "{out:?}"
    );
    let (offline, _) = run(&logout, vec![nobody]).await;
    assert_eq!(offline.code, 1, "{offline:?}");
    assert_eq!(
        offline.stderr,
        "agent-logout: nobody who is meant is online\n"
    );

    let failed = answer("500 Oh", "{}");
    for answers in [vec![failed], vec![BUSY.to_owned(), answer("401 No", "{}")]] {
        let (failed, _) = run(&logout, answers).await;
        assert_eq!(failed.code, 1);
        assert!(
            failed.stderr.contains("agents may be out all the same"),
            "{failed:?}"
        );
    }
    let (unavailable, tries) = run(&logout, vec![BUSY.to_owned()]).await;
    assert_eq!((unavailable.code, tries), (1, 4));
    assert!(
        unavailable
            .stderr
            .contains("agents may be out all the same"),
        "{unavailable:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_without_an_answer_may_have_acted() {
    let (ended, tries) = run(&["logout", "--team", "1"], vec![String::new()]).await;
    assert_eq!((ended.code, tries), (1, 1));
    for told in [
        "the request was sent, but no answer came",
        "repeat the command",
    ] {
        assert!(ended.stderr.contains(told), "{ended:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_is_followed_past_passing_failures() {
    let accepted = answer("200 OK", r#"{"id":1,"status":"created","link":"x"}"#);
    let answers = vec![
        accepted,
        answer("404 Not Found", r#"{"message":"Not Found"}"#),
        BUSY.to_owned(),
        answer(
            "429 Too Many Requests",
            r#"{"message":"Too Many Requests"}"#,
        ),
        answer("502 Bad Gateway", "<html>"),
        String::new(),
        job("in_progress", 1, 1),
        job("completed", 2, 1),
    ];
    let (ended, requests) = run(&["logout", "--team", "1"], answers).await;
    assert_eq!((ended.code, requests), (0, 8), "{ended:?}");
    assert!(ended.stdout.contains("logged out  2"), "{ended:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_found_nobody_ends_like_a_request_that_did() {
    let accepted = answer("200 OK", r#"{"id":1,"status":"created","link":"x"}"#);
    let answers = vec![accepted, job("completed", 0, 3)];
    let (ended, _) = run(&["logout", "--team", "1"], answers).await;
    assert_eq!(ended.code, 1, "{ended:?}");
    assert!(
        ended
            .stderr
            .ends_with("agent-logout: nobody who is meant is online\n"),
        "{ended:?}"
    );
    let (ended, _) = run(&["job", "1"], vec![job("completed", 0, 3)]).await;
    assert_eq!(ended.code, 0, "{ended:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_service_says_cannot_command_the_terminal() {
    let evil = "a\u{9b}2Jb\u{202e}c";
    let message = answer("500 Oh", &format!(r#"{{"message":"{evil}"}}"#));
    let moved = format!(
        "HTTP/1.1 301 Moved\r\nLocation: https://{evil}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
    );
    let status = answer("200 OK", &format!(r#"{{"id":1,"status":"{evil}"}}"#));
    for (args, reply) in [
        (&["job", "1"][..], message),
        (&["job", "1"], moved),
        (&["job", "1", "--no-wait"], status.clone()),
        (&["job", "1", "--no-wait", "--json"], status),
    ] {
        let (ended, _) = run(args, vec![reply]).await;
        let told = ended.stdout + &ended.stderr;
        assert!(told.contains('a') && told.contains("2Jb"), "{told}");
        assert!(!told.contains(['\u{9b}', '\u{202e}']), "{told:?}");
    }
}

async fn job_at(url: &str) -> Ended {
    let mut job = program(&["job", "1", "--tenant", "acme", "--url", url]);
    job.env("AGENT_LOGOUT_TOKEN", "a.b");
    ended(job).await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unavailable_service_is_tried_a_few_times() {
    let (url, answering, stop) = service_that_answers(vec![BUSY.to_owned()]);
    let ended = job_at(&url).await;
    stop();
    assert_eq!(answering.join().unwrap(), 4);
    assert_eq!(ended.code, 1);
    assert!(
        ended
            .stderr
            .contains("the service is unavailable and was tried 4 times"),
        "{ended:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn another_service_is_told_from_this_one() {
    for (answer, told) in [
        (
            "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 6\r\n\r\n<html>",
            "not as this service does",
        ),
        (
            "HTTP/1.1 301 Moved\r\nLocation: https://elsewhere.example\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
            "sends us on to https://elsewhere.example",
        ),
        (
            "HTTP/1.1 301 Moved\r\nLocation: https://a:s3cret@elsewhere.example\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
            "sends us on to another URL",
        ),
        (
            "HTTP/1.1 500 Oh\r\nConnection: close\r\nContent-Length: 17\r\n\r\n{\"message\":\"Bug\"}",
            "the service answers 500 Internal Server Error: Bug",
        ),
    ] {
        let (url, answering, stop) = service_that_answers(vec![answer.to_owned()]);
        let ended = job_at(&url).await;
        stop();
        assert_eq!(answering.join().unwrap(), 1);
        assert_eq!(ended.code, 1);
        assert!(ended.stderr.contains(told), "{ended:?}");
        assert!(!ended.stderr.contains("s3cret"), "{ended:?}");
    }
}
