//! The answers of the HTTP contract, with its own examples.

use domain::agents::{Roster, Statuses};
use domain::timestamp::Timestamp;
use reqwest::Method;
use serde_json::{Value, json};
use tests::answer::send;
use tests::test_stack::START;
use tests::{Answer, TestStack, agent};
use wire::http::paths::FORCE_LOGOUT_PATH;
use wire::rosters;

fn fixture(name: &str) -> Value {
    let path = format!("{}/fixtures/{name}.json", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// The service with the roster of the examples.
async fn with_example_roster() -> TestStack {
    let stack = TestStack::start().await;
    let text = std::fs::read_to_string(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/fixtures/agents.jsonl"
    ))
    .unwrap();
    let mut roster = Roster::new();
    let now = Timestamp::parse_rfc3339(START).unwrap();
    rosters::parse(&mut roster, &text, &Statuses::default(), now).unwrap();
    for (tenant, agents) in roster {
        let agents: Vec<_> = agents.into_values().collect();
        stack.add(tenant.as_str(), &agents).await;
    }
    stack
}

fn agent_ids(answer: &Answer) -> Vec<u64> {
    answer
        .json()
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["agent_id"].as_u64().unwrap())
        .collect()
}

#[tokio::test]
async fn all_selectors_together_log_each_agent_out_once() {
    let stack = with_example_roster().await;
    let answer = stack
        .post_force_logout("acme", &fixture("request-all-selectors"))
        .await;
    assert_eq!(
        (answer.status, answer.json()),
        (200, fixture("response-logged-out"))
    );
    for agent_id in [11, 12, 13] {
        assert_eq!(stack.status("acme", agent_id).await, "Offline");
    }
}

#[tokio::test]
async fn agent_ids_and_team_ids_are_a_union() {
    let stack = with_example_roster().await;
    let answer = stack
        .post_force_logout("acme", &fixture("request-ids-and-teams"))
        .await;
    assert_eq!(
        (answer.status, answer.json()),
        (200, fixture("response-logged-out"))
    );
}

#[tokio::test]
async fn a_block_of_addresses_selects_the_agents_who_are_online_there() {
    for request in ["request-ip", "request-large-ip"] {
        let stack = with_example_roster().await;
        let answer = stack.post_force_logout("acme", &fixture(request)).await;
        assert_eq!(
            (answer.status, agent_ids(&answer)),
            (200, vec![11, 12]),
            "{request}"
        );
    }
}

#[tokio::test]
async fn a_request_for_busy_agents_only_is_a_400_with_rows() {
    let stack = with_example_roster().await;
    stack.set_status("acme", 11, "In-call").await;
    stack.set_status("acme", 12, "In-chat").await;
    let answer = stack
        .post_force_logout("acme", &json!({ "agent_ids": [12, 11] }))
        .await;
    assert_eq!(
        (answer.status, answer.json()),
        (400, fixture("response-deferred"))
    );
    assert_eq!(stack.status("acme", 11).await, "In-call");
    assert!(stack.state("acme", 11).await["pending"].is_string());
}

#[tokio::test]
async fn a_request_for_idle_and_busy_agents_is_a_200() {
    let stack = with_example_roster().await;
    stack.set_status("acme", 12, "In-chat").await;
    let answer = stack
        .post_force_logout("acme", &json!({ "agent_ids": [11, 12] }))
        .await;
    let rows = json!([
        fixture("response-logged-out")[0],
        fixture("response-deferred")[1]
    ]);
    assert_eq!((answer.status, answer.json()), (200, rows));
}

#[tokio::test]
async fn a_request_that_matches_no_agent_is_a_400() {
    let stack = with_example_roster().await;
    let bodies = [
        json!({ "agent_ids": [14] }),
        json!({ "agent_ids": [999] }),
        json!({ "team_ids": [999] }),
        json!({ "ip_addrs": ["192.0.2.1"] }),
    ];
    for body in bodies {
        let answer = stack.post_force_logout("acme", &body).await;
        assert_eq!(
            (answer.status, answer.json()),
            (400, fixture("response-not-found")),
            "{body}"
        );
    }
}

#[tokio::test]
async fn an_agent_who_was_logged_out_is_not_found_again() {
    let stack = with_example_roster().await;
    stack
        .post_force_logout("acme", &json!({ "agent_ids": [11] }))
        .await;
    let again = stack
        .post_force_logout("acme", &json!({ "agent_ids": [11] }))
        .await;
    assert_eq!(
        (again.status, again.json()),
        (400, fixture("response-not-found"))
    );
}

#[tokio::test]
async fn a_pending_logout_of_the_same_session_is_kept() {
    let stack = with_example_roster().await;
    stack.set_status("acme", 11, "In-call").await;
    stack
        .post_force_logout("acme", &json!({ "agent_ids": [11] }))
        .await;
    let first = stack.state("acme", 11).await;
    let again = stack
        .post_force_logout("acme", &json!({ "agent_ids": [11] }))
        .await;
    assert_eq!((again.status, agent_ids(&again)), (400, vec![11]));
    assert_eq!(stack.state("acme", 11).await, first);
}

#[tokio::test]
async fn a_pending_logout_of_an_earlier_session_is_replaced() {
    let stack = with_example_roster().await;
    stack.set_status("acme", 11, "In-call").await;
    stack
        .post_force_logout("acme", &json!({ "agent_ids": [11] }))
        .await;
    stack.sign_in_again("acme", 11).await;
    let stale = stack.state("acme", 11).await;
    let answer = stack
        .post_force_logout("acme", &json!({ "agent_ids": [11] }))
        .await;
    assert_eq!(answer.status, 400);
    assert_ne!(stack.state("acme", 11).await["pending"], stale["pending"]);
}

#[tokio::test]
async fn a_logout_removes_the_pending_logout() {
    let stack = with_example_roster().await;
    stack.set_status("acme", 11, "In-call").await;
    stack
        .post_force_logout("acme", &json!({ "agent_ids": [11] }))
        .await;
    stack.set_status("acme", 11, "Wrap-up").await;
    let answer = stack
        .post_force_logout("acme", &json!({ "agent_ids": [11] }))
        .await;
    assert_eq!(answer.status, 200);
    assert!(stack.state("acme", 11).await["pending"].is_null());
}

#[tokio::test]
async fn the_block_of_all_ipv6_addresses_selects_no_ipv4_agent() {
    let stack = with_example_roster().await;
    let answer = stack
        .post_force_logout("acme", &json!({ "ip_addrs": ["::/0"] }))
        .await;
    assert_eq!(agent_ids(&answer), [13]);
    let answer = stack
        .post_force_logout("acme", &json!({ "ip_addrs": ["::ffff:34.211.11.7"] }))
        .await;
    assert_eq!(agent_ids(&answer), [11]);
}

#[tokio::test]
async fn every_answer_is_json_and_must_not_be_cached() {
    let stack = with_example_roster().await;
    let post = |path: &str| stack.authorized(Method::POST, path, "acme");
    let json = |path: &str| post(path).header("content-type", "application/json");
    let mut answers = vec![
        stack
            .post_force_logout("acme", &json!({ "agent_ids": [11] }))
            .await,
        stack.post_force_logout("acme", &json!({})).await,
        send(stack.request(Method::POST, FORCE_LOGOUT_PATH)).await,
        send(post("/no/such/path")).await,
        send(post(FORCE_LOGOUT_PATH).body("{}")).await,
        send(json(FORCE_LOGOUT_PATH).body(vec![b' '; 1024 * 1024 + 1])).await,
        send(json(FORCE_LOGOUT_PATH).body(vec![b' '; 10 * 1024 * 1024 + 1])).await,
    ];
    stack.aws_calls.script(|_| tests::Act::LoseRequest);
    answers.push(
        stack
            .post_force_logout("acme", &json!({ "agent_ids": [11] }))
            .await,
    );
    let statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
    assert_eq!(statuses, [200, 400, 401, 404, 415, 413, 413, 503]);
    for answer in answers {
        assert_eq!(answer.header("content-type"), Some("application/json"));
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        assert!(answer.json().is_array() || answer.json()["message"].is_string());
    }
}

#[tokio::test]
async fn a_request_for_as_many_agents_as_the_limit_is_answered_at_once() {
    let stack = TestStack::start().await;
    let many: Vec<_> = (1..=100).map(|id| agent(id, "lunch", &[7])).collect();
    stack.add("acme", &many).await;
    let answer = stack
        .post_force_logout("acme", &json!({ "team_ids": [7] }))
        .await;
    assert_eq!(
        (answer.status, agent_ids(&answer)),
        (200, (1..=100).collect())
    );
}

#[tokio::test]
async fn a_failing_dependency_is_a_503() {
    let stack = with_example_roster().await;
    stack.aws_calls.script(|_| tests::Act::LoseRequest);
    let request = stack.authorized(Method::POST, FORCE_LOGOUT_PATH, "acme");
    let answer = send(request.json(&json!({ "agent_ids": [11] }))).await;
    assert_eq!(
        (answer.status, answer.message()),
        (503, "temporarily unavailable, retry".to_owned())
    );
    assert!(answer.header("retry-after").is_some());
}
