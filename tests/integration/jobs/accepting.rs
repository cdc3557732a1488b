//! Accepting a job: what the caller gets, what is stored, what it costs.

use aws_sdk_dynamodb::types::AttributeValue;
use domain::ids::MAX_ID;
use serde_json::json;
use tests::{TestStack, agent_at};

#[tokio::test]
async fn a_large_request_is_answered_with_the_job_and_its_selectors() {
    let stack = TestStack::start_with_jobs_only().await;
    let body = json!({ "agent_ids": [3, 1, 3], "ip_addrs": ["34.211.11.0/16"] });
    let answer = stack.post_force_logout("acme", &body).await;
    let link = answer.json()["link"].as_str().unwrap().to_owned();
    assert!(link.starts_with("http://127.0.0.1:"));
    assert!(link.ends_with("/apps/api/v1/agent_statuses/force_logout/jobs/1"));
    let expected = json!({
        "id": 1, "status": "created", "link": link, "agent_ids": [3, 1, 3], "ip_addrs": ["34.211.11.0/16"]
    });
    assert_eq!((answer.status, answer.json()), (200, expected));
    assert_eq!(answer.header("location"), Some(link.as_str()));
    let relation = format!("<{link}>; rel=\"status\"");
    assert_eq!(answer.header("link"), Some(relation.as_str()));
    stack.leaves_messages();
}

#[tokio::test]
async fn jobs_are_numbered_for_each_tenant() {
    let stack = TestStack::start_with_jobs_only().await;
    let body = json!({ "agent_ids": [1, 2] });
    for (tenant, number) in [("acme", 1), ("acme", 2), ("globex", 1)] {
        let answer = stack.post_force_logout(tenant, &body).await;
        assert_eq!(answer.json()["id"], number, "{tenant}");
    }
    stack.leaves_messages();
}

/// The job stores its selection, in which the end of this block must not become an IPv4 address.
#[tokio::test]
async fn a_block_of_ipv6_that_ends_among_ipv4_mapped_addresses_is_planned() {
    let stack = TestStack::start_with_jobs_only().await;
    let agents: Vec<_> = (1..=5)
        .map(|id| agent_at(id, "lunch", &[], &format!("::{id}")))
        .collect();
    stack.add("acme", &agents).await;
    let counts = stack
        .run_job("acme", &json!({ "ip_addrs": ["::/80"] }))
        .await;
    assert_eq!(counts, "5 logged out, 0 deferred, 0 skipped");
}

#[tokio::test]
async fn the_largest_request_is_accepted() {
    let stack = TestStack::start().await;
    let largest = |count: u64| (0..count).map(|n| MAX_ID - n).collect::<Vec<_>>();
    let range = |n: u32| {
        format!("ffff:ffff:ffff:ffff:ffff:ffff:{n:x}:fffe-ffff:ffff:ffff:ffff:ffff:ffff:{n:x}:ffff")
    };
    let ranges: Vec<String> = (0x1000..0x1000 + 1_000).map(range).collect();
    let body =
        json!({ "agent_ids": largest(10_000), "team_ids": largest(1_000), "ip_addrs": ranges });
    let answer = stack.post_force_logout("acme", &body).await;
    assert_eq!((answer.status, &answer.json()["id"]), (200, &json!(1)));
    assert_eq!(stack.plans.receive_all().await.len(), 1);
    let request = stack.dynamodb.get_item().table_name("jobs");
    let request = request.key("job_key", AttributeValue::S("acme#1".to_owned()));
    let request = request.key("part", AttributeValue::S("request".to_owned()));
    assert!(request.send().await.unwrap().item.is_some());
    stack.leaves_messages();
}

#[tokio::test]
async fn accepting_a_job_reads_no_agents() {
    let stack = TestStack::start().await;
    let ids: Vec<u64> = (1..=101).collect();
    let teams: Vec<u64> = (1..=17).collect();
    let one = json!({ "agent_ids": [1] });
    stack.post_force_logout("acme", &one).await; // From now on the token is remembered.
    for body in [json!({ "agent_ids": ids }), json!({ "team_ids": teams })] {
        let _ = stack.aws_calls.take_meter();
        stack.post_force_logout("acme", &body).await;
        let calls = stack.aws_calls.take_meter().calls;
        let operations = calls.iter().map(|call| call.operation.as_str());
        assert_eq!(
            operations.collect::<Vec<_>>(),
            ["UpdateItem", "SendMessageBatch", "PutItem", "PutItem"]
        );
    }
    stack.leaves_messages();
}
