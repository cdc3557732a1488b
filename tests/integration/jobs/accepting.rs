//! Accepting a job: what the caller gets, what is stored, what it costs.

use aws_sdk_dynamodb::types::AttributeValue;
use domain::ids::MAX_ID;
use domain::limits::{MAX_AGENT_IDS, MAX_IP_RANGES, MAX_TEAM_IDS};
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

/// How much a value counts towards the size of an item: a number at most 21 bytes (DynamoDB: item sizes and formats).
fn value_size(value: &AttributeValue) -> usize {
    value.as_s().map_or(21, String::len)
}

#[tokio::test]
async fn the_largest_request_fits_its_message_and_its_item() {
    let stack = TestStack::start().await;
    let largest = |count: usize| (0..count as u64).map(|n| MAX_ID - n).collect::<Vec<_>>();
    let range = |n: u32| {
        format!("ffff:ffff:ffff:ffff:ffff:ffff:{n:x}:fffe-ffff:ffff:ffff:ffff:ffff:ffff:{n:x}:ffff")
    };
    let ranges: Vec<String> = (0x1000..).take(MAX_IP_RANGES).map(range).collect();
    let body = json!({ "agent_ids": largest(MAX_AGENT_IDS), "team_ids": largest(MAX_TEAM_IDS), "ip_addrs": ranges });
    let answer = stack.post_force_logout("acme", &body).await;
    assert_eq!((answer.status, &answer.json()["id"]), (200, &json!(1)));
    let messages = stack.plans.receive_all().await;
    let sizes: Vec<usize> = messages
        .iter()
        .filter_map(|message| Some(message.body.as_ref()?.len()))
        .collect();
    // SQS takes 1 MiB, and DynamoDB 400 KB.
    assert!(matches!(sizes[..], [300_000..1_048_576]), "{sizes:?}");
    let request = stack.dynamodb.get_item().table_name("jobs");
    let request = request.key("job_key", AttributeValue::S("acme#1".to_owned()));
    let request = request.key("part", AttributeValue::S("request".to_owned()));
    let item = request.send().await.unwrap().item.unwrap();
    let size: usize = item
        .iter()
        .map(|(name, value)| name.len() + value_size(value))
        .sum();
    assert!((300_000..400 * 1024).contains(&size), "{size}");
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
