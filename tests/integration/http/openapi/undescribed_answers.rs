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

#[test]
fn an_answer_that_is_not_described_is_reported() {
    let rows = || example(force_logout(), 200, "logged-out");
    let changed = |from: &str, to: &str| {
        let mut answer = rows();
        assert!(answer.text.contains(from));
        answer.text = answer.text.replace(from, to);
        answer
    };
    let without = |mut answer: Answer, header: &str| {
        answer.headers.retain(|(name, _)| name != header);
        answer
    };
    let with = |mut answer: Answer, header: &str, value: &str| {
        answer = without(answer, header);
        answer.headers.push((header.to_owned(), value.to_owned()));
        answer
    };
    let refused = || example(force_logout(), 401, "unauthorized");
    let trouble = || example(force_logout(), 503, "unavailable");
    for (answer, expected) in [
        (answer(418, &json!({})), "status 418 is not described"),
        (
            without(rows(), "cache-control"),
            "the header cache-control is missing",
        ),
        (
            with(rows(), "cache-control", "public"),
            "the header cache-control has a bad value",
        ),
        (
            with(rows(), "content-type", "text/html"),
            "its Content-Type is Some(\"text/html\")",
        ),
        (
            with(rows(), "server", "x"),
            "the header server is not described",
        ),
        (
            with(rows(), "link", "nowhere"),
            "the header link has a bad value",
        ),
        (
            with(rows(), "location", "no where"),
            "the header location has a bad value",
        ),
        (
            without(refused(), "www-authenticate"),
            "the header www-authenticate is missing",
        ),
        (
            with(trouble(), "retry-after", "soon"),
            "the header retry-after has a bad value",
        ),
        (changed("\"name\"", "\"nmae\""), "a bad value"),
        (
            changed("\"agent_id\":11", "\"agent_id\":\"11\""),
            "a bad value",
        ),
        (changed("\"Offline\"", "\"offline\""), "a bad value"),
        (changed("\"lunch\"", "\"In-call\""), "a bad value"),
        (
            changed("\"agent_id\":11", "\"pending\":true,\"agent_id\":11"),
            "a bad value",
        ),
        (changed("[", ""), "the body is not JSON"),
        (answer(200, &json!([])), "a bad value"),
        (answer(400, &rows().json()), "a bad value"),
        (
            answer(404, &json!({ "message": "" })),
            "\"\" is shorter than 1 character (at \"/message\")",
        ),
    ] {
        let fault = fault(force_logout(), &answer).unwrap_or_default();
        assert!(fault.contains(expected), "{expected}: {fault}");
    }
}

#[test]
fn a_job_that_is_not_described_is_reported() {
    let operation = file().operation("GET", &format!("{JOBS_PATH}105")).unwrap();
    let completed = || example(operation, 200, "job-completed").json();
    for (key, value) in [
        ("status", json!("done")),
        ("status", json!("in_progress")),
        ("finished_at", json!("yesterday")),
        ("created_at", Value::Null),
        ("total", json!(-1)),
        ("selectors", json!([])),
    ] {
        let mut job = completed();
        job[key] = value;
        assert!(fault(operation, &answer(200, &job)).is_some(), "{job}");
    }
    let mut unfinished = completed();
    unfinished.as_object_mut().unwrap().remove("finished_at");
    assert!(fault(operation, &answer(200, &unfinished)).is_some());
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
