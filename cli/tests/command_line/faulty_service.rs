//! Services that answer wrongly, late or not at all.

use crate::fake_service::{ENDLESS, FakeService, answer};
use crate::stack::{Ended, ended, program};

const BUSY: &str = "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 0\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}";
const NO_AGENT_FOUND: &str = r#"{"message":"cannot find any agent by input params"}"#;
const ROW: &str = r#"[{"agent_id":1,"name":"A","email":"a@x","agent_number":"1","previous_status":"lunch","current_status":"Offline"}]"#;

fn job(status: &str, logged_out: u32, skipped: u32) -> String {
    let total = logged_out + skipped;
    answer(
        "200 OK",
        &format!(
            r#"{{"id":1,"status":"{status}","total":{total},"logged_out":{logged_out},"deferred":0,"skipped":{skipped}}}"#
        ),
    )
}

/// A job with this number of agents logged out, deferred and skipped each.
fn job_with_counts(count: u64) -> String {
    answer(
        "200 OK",
        &format!(
            r#"{{"id":1,"status":"in_progress","total":{count},"logged_out":{count},"deferred":{count},"skipped":{count}}}"#
        ),
    )
}

/// Runs the command against a service with these answers. Returns how it ended, and the number of requests.
async fn run(args: &[&str], answers: Vec<String>) -> (Ended, usize) {
    let service = FakeService::start(answers);
    let mut program = program(&[args, &["--tenant", "acme", "--url", &service.url]].concat());
    program.env("AGENT_LOGOUT_TOKEN", "a.b");
    let ended = ended(program).await;
    (ended, service.stop())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_after_a_503_may_be_incomplete() {
    let logout = ["logout", "--team", "1"];
    let (rows, _) = run(&logout, vec![BUSY.to_owned(), answer("200 OK", ROW)]).await;
    assert_eq!(rows.code, 0, "{rows:?}");
    let expected = "an earlier attempt was answered with 503, and may have logged out other agents\n1 agent logged out\n";
    assert!(rows.stderr.ends_with(expected), "{rows:?}");

    let not_found = answer("400 Bad Request", NO_AGENT_FOUND);
    let (out, _) = run(&logout, vec![BUSY.to_owned(), not_found.clone()]).await;
    assert_eq!(out.code, 0, "{out:?}");
    assert!(
        out.stderr.contains("no matching agent is online any more"),
        "{out:?}"
    );
    let (named, _) = run(
        &["logout", "--agent", "7,1"],
        vec![BUSY.to_owned(), answer("200 OK", ROW)],
    )
    .await;
    assert!(
        named.stderr.ends_with(
            "not logged out: 7 (offline, unknown, or logged out by an earlier attempt)\n"
        ),
        "{named:?}"
    );

    let failed = answer("500 Oh", "{}");
    for answers in [vec![failed], vec![BUSY.to_owned(), answer("401 No", "{}")]] {
        let (failed, _) = run(&logout, answers).await;
        assert_eq!(failed.code, 1);
        assert!(
            failed
                .stderr
                .contains("some agents may be logged out already"),
            "{failed:?}"
        );
    }
    let (unavailable, requests) = run(&logout, vec![BUSY.to_owned()]).await;
    assert_eq!((unavailable.code, requests), (1, 4));
    assert!(
        unavailable
            .stderr
            .contains("some agents may be logged out already"),
        "{unavailable:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_without_an_answer_may_have_logged_agents_out() {
    let (ended, requests) = run(&["logout", "--team", "1"], vec![String::new()]).await;
    assert_eq!((ended.code, requests), (1, 1));
    for expected in [
        "the request was sent, but no answer came",
        "repeat the command",
    ] {
        assert!(ended.stderr.contains(expected), "{ended:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_is_followed_through_transient_failures() {
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
async fn a_new_job_without_matching_agents_ends_as_a_request_does() {
    let accepted = answer("200 OK", r#"{"id":1,"status":"created","link":"x"}"#);
    let answers = vec![accepted, job("completed", 0, 3)];
    let (ended, _) = run(&["logout", "--team", "1"], answers).await;
    assert_eq!(ended.code, 0, "{ended:?}");
    assert!(
        ended
            .stderr
            .ends_with("no matching agent is online, so nobody was logged out\n"),
        "{ended:?}"
    );
    let (ended, _) = run(&["job", "1"], vec![job("completed", 0, 3)]).await;
    assert_eq!(ended.code, 0, "{ended:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_cannot_control_the_terminal() {
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
        let printed = ended.stdout + &ended.stderr;
        assert!(
            printed.contains('a') && printed.contains("2Jb"),
            "{printed}"
        );
        assert!(!printed.contains(['\u{9b}', '\u{202e}']), "{printed:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn with_json_the_answer_of_a_refusing_service_is_printed() {
    let body = r#"{"message":"this token lacks the scope logout"}"#;
    let unavailable = "HTTP/1.1 503 Busy\r\nRetry-After: 0\r\nConnection: close\r\nContent-Length: 15\r\n\r\n{\"message\":\"b\"}";
    for (args, reply, code, expected) in [
        (
            &["logout", "--team", "1"][..],
            answer("400 Bad Request", NO_AGENT_FOUND),
            0,
            NO_AGENT_FOUND,
        ),
        (
            &["logout", "--team", "1"],
            answer("403 Forbidden", body),
            1,
            body,
        ),
        (
            &["logout", "--team", "1"],
            unavailable.to_owned(),
            1,
            r#"{"message":"b"}"#,
        ),
        (&["job", "1"], answer("404 Not Found", body), 1, body),
        (&["job", "1"], answer("500 Oh", body), 1, body),
    ] {
        let (ended, _) = run(&[args, &["--json"]].concat(), vec![reply]).await;
        assert_eq!(ended.code, code, "{ended:?}");
        let read = |text| serde_json::from_str::<serde_json::Value>(text).unwrap();
        assert_eq!(read(&ended.stdout), read(expected), "{ended:?}");
        assert_ne!(ended.stderr, "");
    }
    let (html, _) = run(
        &["job", "1", "--json"],
        vec![answer("502 Bad Gateway", "<html>")],
    )
    .await;
    assert_eq!((html.code, html.stdout.as_str()), (1, ""), "{html:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_endless_answer_is_not_read_to_the_end() {
    for args in [&["job", "1"][..], &["logout", "--team", "1"]] {
        let (ended, requests) = run(args, vec![ENDLESS.to_owned()]).await;
        assert_eq!((ended.code, requests), (1, 1), "{ended:?}");
        assert!(ended.stderr.contains("is not this service"), "{ended:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_with_impossible_counts_is_an_error() {
    // Without waiting, so that a count that is taken for possible does not keep the test waiting for the job's end.
    let args = ["job", "1", "--no-wait"];
    for count in [1 << 53, u64::MAX / 2, u64::MAX] {
        let (ended, _) = run(&args, vec![job_with_counts(count)]).await;
        assert_eq!(ended.code, 1, "{ended:?}");
        assert!(ended.stderr.contains("is not this service"), "{ended:?}");
    }
    let (ended, _) = run(&args, vec![job_with_counts((1 << 53) - 1)]).await;
    assert_eq!(ended.code, 0, "{ended:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unavailable_service_is_called_four_times() {
    let (ended, requests) = run(&["job", "1"], vec![BUSY.to_owned()]).await;
    assert_eq!(requests, 4);
    assert_eq!(ended.code, 1);
    assert!(
        ended
            .stderr
            .contains("the service is unavailable, after 4 attempts"),
        "{ended:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_answer_of_another_service_is_recognised() {
    for (answer, expected) in [
        (
            "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 6\r\n\r\n<html>",
            "but is not this service",
        ),
        (
            "HTTP/1.1 301 Moved\r\nLocation: https://elsewhere.example\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
            "redirects to https://elsewhere.example",
        ),
        (
            "HTTP/1.1 301 Moved\r\nLocation: https://a:s3cret@elsewhere.example\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
            "redirects to another URL",
        ),
        (
            "HTTP/1.1 500 Oh\r\nConnection: close\r\nContent-Length: 17\r\n\r\n{\"message\":\"Bug\"}",
            "the service answers 500 Internal Server Error: Bug",
        ),
    ] {
        let (ended, requests) = run(&["job", "1"], vec![answer.to_owned()]).await;
        assert_eq!(requests, 1);
        assert_eq!(ended.code, 1);
        assert!(ended.stderr.contains(expected), "{ended:?}");
        assert!(!ended.stderr.contains("s3cret"), "{ended:?}");
    }
}
