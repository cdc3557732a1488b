//! The check of answers against the API's description can fail: each of its parts refuses an answer.

use serde_json::{Value, json};
use tests::Answer;
use tests::openapi::{AnsweredRequest, Operation, file};
use wire::http::paths::{FORCE_LOGOUT_PATH, JOBS_PATH};

use super::{answer, described, examples, fault, force_logout};

fn example(operation: &Operation, status: u16, name: &str) -> Answer {
    let described = &described(operation)["responses"][status.to_string()];
    let (_, body) = examples(described)
        .find(|(other, _)| *other == name)
        .unwrap();
    answer(status, body)
}

/// The answer of the contract's first example.
fn rows() -> Answer {
    example(force_logout(), 200, "logged-out")
}

fn without(mut answer: Answer, header: &str) -> Answer {
    answer.headers.retain(|(name, _)| name != header);
    answer
}

fn with(answer: Answer, header: &str, value: &str) -> Answer {
    let mut answer = without(answer, header);
    answer.headers.push((header.to_owned(), value.to_owned()));
    answer
}

/// The same answer with another body.
fn changed(mut answer: Answer, from: &str, to: &str) -> Answer {
    assert!(answer.text.contains(from));
    answer.text = answer.text.replace(from, to);
    answer
}

fn assert_reported(answer: &Answer, expected: &str) {
    let fault = fault(force_logout(), answer).unwrap_or_default();
    assert!(fault.contains(expected), "{expected}: {fault}");
}

#[test]
fn a_status_that_is_not_described_is_reported() {
    let expected = "status 418 is not described";
    assert_reported(&answer(418, &json!({})), expected);
}

#[test]
fn a_header_that_is_not_described_is_reported() {
    let refused = || example(force_logout(), 401, "unauthorized");
    let unavailable = || example(force_logout(), 503, "unavailable");
    for (answer, expected) in [
        (without(rows(), "cache-control"), "cache-control is missing"),
        (
            with(rows(), "cache-control", "public"),
            "cache-control has a bad value",
        ),
        (
            with(rows(), "content-type", "text/html"),
            "its Content-Type is Some(\"text/html\")",
        ),
        (with(rows(), "server", "x"), "server is not described"),
        (with(rows(), "link", "nowhere"), "link has a bad value"),
        (
            with(rows(), "location", "no where"),
            "location has a bad value",
        ),
        (
            without(refused(), "www-authenticate"),
            "www-authenticate is missing",
        ),
        (
            with(unavailable(), "retry-after", "soon"),
            "retry-after has a bad value",
        ),
    ] {
        assert_reported(&answer, expected);
    }
}

#[test]
fn a_body_that_is_not_described_is_reported() {
    let agent_id = "\"agent_id\":11";
    let added_key = "\"pending\":true,\"agent_id\":11";
    for answer in [
        changed(rows(), "\"name\"", "\"nmae\""),
        changed(rows(), agent_id, "\"agent_id\":\"11\""),
        changed(rows(), "\"Offline\"", "\"offline\""),
        changed(rows(), "\"lunch\"", "\"\""),
        changed(rows(), agent_id, added_key),
        answer(200, &json!([])),
        answer(400, &rows().json()),
    ] {
        assert_reported(&answer, "a bad value");
    }
    let cut = changed(rows(), "[", "");
    assert_reported(&cut, "the body is not JSON");
    let empty = answer(404, &json!({ "message": "" }));
    let expected = "\"\" is shorter than 1 character (at \"/message\")";
    assert_reported(&empty, expected);
}

#[test]
fn a_job_that_is_not_described_is_reported() {
    let operation = file().operation("GET", &format!("{JOBS_PATH}105")).unwrap();
    let completed = || example(operation, 200, "job-completed").json();
    for (key, value) in [
        ("status", json!("done")),
        ("finished_at", json!("yesterday")),
        ("created_at", Value::Null),
        ("total", json!(-1)),
        ("selectors", json!([])),
    ] {
        let mut job = completed();
        job[key] = value;
        assert!(fault(operation, &answer(200, &job)).is_some(), "{job}");
    }
    let mut uncounted = completed();
    uncounted.as_object_mut().unwrap().remove("skipped");
    assert!(fault(operation, &answer(200, &uncounted)).is_some());
}

#[test]
fn an_accepted_request_that_is_not_described_is_reported() {
    let rows = example(force_logout(), 200, "logged-out");
    let fault = |method, path, body| {
        let request = AnsweredRequest { method, path, body };
        file().check(&request, &rows).unwrap_err()
    };
    for (method, path, body, expected) in [
        (
            "PUT",
            FORCE_LOGOUT_PATH,
            "{}",
            "status 200 of an operation that is not described",
        ),
        (
            "POST",
            "/",
            "{}",
            "status 200 of an operation that is not described",
        ),
        (
            "POST",
            FORCE_LOGOUT_PATH,
            "{",
            "the accepted request is not JSON",
        ),
        (
            "POST",
            FORCE_LOGOUT_PATH,
            "{}",
            "the accepted request has a bad value",
        ),
    ] {
        let fault = fault(method, path, body.as_bytes());
        assert!(fault.contains(expected), "{expected}: {fault}");
    }
}
