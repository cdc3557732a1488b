//! Personal data and secrets must not be logged: requests and events hold words that must not be in the log.

use domain::agents::{Profile, RosterAgent};
use reqwest::Method;
use serde_json::json;
use tests::answer::send;
use tests::presence_messages::{signed_in, status_changed};
use tests::test_queue::message;
use tests::{Act, TestStack, agent, agent_at, captured_log};
use wire::http::paths::JOBS_PATH;

#[tokio::test]
async fn no_log_line_holds_a_token_a_name_or_a_mail_address() {
    let stack = TestStack::start().await;
    let agents = [
        agent(1, "lunch", &[7]),
        agent(2, "In-call", &[7]),
        agent_at(3, "lunch", &[], "10.0.0.3"),
    ];
    stack.add("acme", &agents.map(with_canary_profile)).await;
    post_requests(&stack).await;
    fail_events_and_records(&stack).await;

    let log = captured_log::text();
    for logged in [
        "logged out agents",
        "refused credentials",
        "logged out a chunk",
        "ThrottlingException",
        "DuplicateItem",
        "a presence event failed",
        "a record of the stream failed",
    ] {
        assert!(log.contains(logged), "{logged} is not in {log}");
    }
    let in_base64 = "YWNtZTphY21lLnNlY3JldA"; // acme:acme.secret
    for secret in [
        "acme.secret",
        in_base64,
        "CanaryName",
        "canary@mail",
        "CanaryNumber",
        "canary_key",
        "canary-tenant",
        "CanarySecret",
        "203.0.113.77",
        "CanaryStatus",
        "CanaryAddress",
        "CanaryTime",
    ] {
        assert!(!log.contains(secret), "{secret} is in {log}");
    }
}

fn with_canary_profile(agent: RosterAgent) -> RosterAgent {
    let profile = Profile {
        name: "CanaryName".to_owned(),
        email: "canary@mail".to_owned(),
        agent_number: "CanaryNumber".to_owned(),
    };
    RosterAgent { profile, ..agent }
}

/// Posts requests that succeed, are invalid, fail because of a member or a throttled call, or become a job.
async fn post_requests(stack: &TestStack) {
    let post = async |body| stack.post_force_logout("acme", &body).await;
    let small = json!({ "agent_ids": [1, 2], "team_ids": [7], "ip_addrs": ["10.0.0.1/32"] });
    post(small.clone()).await;
    post(json!({ "canary_key": "CanaryName" })).await;
    let job = stack.request(Method::GET, &format!("{JOBS_PATH}1"));
    send(job.basic_auth("canary-tenant", Some("canary-tenant.CanarySecret"))).await;
    let duplicate_item = Act::EditReply(Box::new(|reply| {
        let item = json!({ "email": { "S": "canary@mail" } });
        let error = json!({ "Code": "DuplicateItem", "Message": "CanaryName", "Item": item });
        reply["Responses"][0] = json!({ "Error": error });
    }));
    stack
        .aws_calls
        .once("BatchExecuteStatement", 0, duplicate_item);
    post(json!({ "agent_ids": [3] })).await;
    stack.aws_calls.script(|_| Act::Forward);
    let ids: Vec<u64> = (1..=200).collect();
    post(json!({ "agent_ids": ids, "ip_addrs": ["203.0.113.77"] })).await;
    stack.aws_calls.once("BatchGetItem", 0, Act::LoseReply);
    stack.drain_jobs().await;
    stack.aws_calls.script(|_| Act::Throttle);
    post(small).await;
}

/// Has events and records of an agent fail for every reason.
async fn fail_events_and_records(stack: &TestStack) {
    let good = status_changed("07:30:00", "CanaryStatus");
    let bad = signed_in("07:31:00", "CanaryAddress");
    let unreadable = good.replace("2026-", "CanaryTime");
    let events = [good.clone(), bad, unreadable].map(|body| message("event", &body));
    let busy = vec![message("event", &status_changed("07:20:00", "In-call"))];
    stack.aws_calls.script(|_| Act::Forward);
    stack.invoke.presence(busy).await;
    stack
        .post_force_logout("acme", &json!({ "agent_ids": [1, 2] }))
        .await;
    stack.set_status("acme", 2, "Break").await;
    let records = stack.stream().read().unwrap().unwrap();
    stack
        .aws_calls
        .script(|_| Act::Refuse("AccessDeniedException"));
    assert_eq!(stack.invoke.presence(events.to_vec()).await.len(), 3);
    assert!(stack.invoke.pending_logouts(records).await.is_some());
}
