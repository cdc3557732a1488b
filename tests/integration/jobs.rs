//! Background jobs: accepted, worked off, looked up.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;
use domain::ids::{AgentId, JobId, MAX_ID};
use domain::jobs::{JobRef, Plan};
use reqwest::Method;
use serde_json::{Value, json};
use tests::answer::send;
use tests::test_stack::token;
use tests::{Act, Answer, TestStack, agent, agent_at};

/// A service in which two agents are too many to be answered at once.
pub async fn with_small_limit() -> TestStack {
    TestStack::start_with(1, None).await
}

/// The counts of a job, as (status, total, logged out, deferred, skipped).
pub fn counts(answer: &Answer) -> (String, u64, u64, u64, u64) {
    let job = answer.json();
    let number = |name: &str| job[name].as_u64().unwrap();
    let status = job["status"].as_str().unwrap().to_owned();
    (
        status,
        number("total"),
        number("logged_out"),
        number("deferred"),
        number("skipped"),
    )
}

pub fn completed(
    total: u64,
    logged_out: u64,
    deferred: u64,
    skipped: u64,
) -> (String, u64, u64, u64, u64) {
    ("completed".to_owned(), total, logged_out, deferred, skipped)
}

pub async fn drain(stack: &TestStack) {
    stack.drain_jobs().await;
}

#[tokio::test]
async fn a_large_request_is_answered_with_the_job_and_its_selectors() {
    let stack = with_small_limit().await;
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
    assert_eq!(
        answer.header("link"),
        Some(format!("<{link}>; rel=\"status\"").as_str())
    );
    let second = stack.post_force_logout("acme", &body).await;
    assert_eq!(second.json()["id"], 2);
    let first_of_another = stack.post_force_logout("globex", &body).await;
    assert_eq!(first_of_another.json()["id"], 1);
}

#[tokio::test]
async fn a_job_is_created_then_in_progress_then_completed() {
    let stack = TestStack::start().await;
    let agents: Vec<_> = (1..=150).map(|id| agent(id, "lunch", &[7])).collect();
    stack.add("acme", &agents).await;
    stack
        .post_force_logout("acme", &json!({ "team_ids": [7] }))
        .await;
    let created = json!({
        "id": 1, "status": "created", "created_at": "2026-11-22T08:00:00Z",
        "logged_out": 0, "deferred": 0, "skipped": 0
    });
    assert_eq!(stack.get_job("acme", 1).await.json(), created);

    stack.pass(Duration::from_secs(1));
    let plan = stack.jobs.receive_all().await;
    assert!(stack.invoke.logout_worker(plan).await.is_empty());
    let chunks = stack.jobs.receive_all().await;
    assert_eq!(chunks.len(), 2);
    let planned = stack.get_job("acme", 1).await.json();
    assert_eq!(
        (&planned["status"], &planned["total"]),
        (&json!("in_progress"), &json!(150))
    );

    stack.pass(Duration::from_secs(1));
    for (chunk, status) in chunks.into_iter().zip(["in_progress", "completed"]) {
        assert!(stack.invoke.logout_worker(vec![chunk]).await.is_empty());
        assert_eq!(stack.get_job("acme", 1).await.json()["status"], status);
    }
    let completed = json!({
        "id": 1, "status": "completed", "created_at": "2026-11-22T08:00:00Z",
        "finished_at": "2026-11-22T08:00:02Z", "total": 150, "logged_out": 150, "deferred": 0, "skipped": 0
    });
    assert_eq!(stack.get_job("acme", 1).await.json(), completed);
    assert_eq!(stack.status("acme", 150).await, "Offline");
}

#[tokio::test]
async fn a_completed_job_has_what_the_contract_documents() {
    let stack = with_small_limit().await;
    stack
        .post_force_logout("acme", &json!({ "agent_ids": [1, 2] }))
        .await;
    drain(&stack).await;
    let documented: BTreeMap<String, Value> =
        serde_json::from_str(include_str!("../fixtures/response-job-completed.json")).unwrap();
    let job = stack.get_job("acme", 1).await.json();
    for (key, value) in documented {
        if key != "id" {
            assert_eq!(job[&key], value);
        }
        assert_eq!(job[&key].is_u64(), value.is_u64());
    }
}

#[tokio::test]
async fn what_is_no_job_of_the_caller_is_a_404_byte_for_byte() {
    let stack = with_small_limit().await;
    stack
        .post_force_logout("globex", &json!({ "agent_ids": [1, 2] }))
        .await;
    let missing = stack.get_job("acme", 999).await;
    assert_eq!(
        (missing.status, missing.text.as_str()),
        (404, r#"{"message":"Not Found"}"#)
    );
    for id in [
        "1",
        "0",
        "-1",
        "1.0",
        "abc",
        "01",
        "+1",
        "1%20",
        "%31%20",
        "9007199254740992",
        "99999999999999999999999",
    ] {
        assert_eq!(stack.get_job("acme", id).await, missing, "{id}");
    }
    assert_eq!(stack.get_job("globex", 1).await.status, 200);
    stack.pass(Duration::from_hours(24 * 30));
    assert_eq!(stack.get_job("globex", 1).await, missing);
}

#[tokio::test]
async fn a_job_needs_credentials() {
    let stack = with_small_limit().await;
    let path = "/apps/api/v1/agent_statuses/force_logout/jobs/1";
    assert_eq!(send(stack.request(Method::GET, path)).await.status, 401);
    let as_another = stack
        .request(Method::GET, path)
        .basic_auth("globex", Some(token("acme")));
    assert_eq!(send(as_another).await.status, 401);
    let other_method = stack
        .request(Method::POST, path)
        .basic_auth("acme", Some(token("acme")));
    assert_eq!(send(other_method).await.status, 404);
}

#[tokio::test]
async fn overlapping_selectors_count_an_agent_once() {
    let stack = with_small_limit().await;
    let agents = [
        agent_at(1, "lunch", &[7, 8], "10.0.0.1"),
        agent_at(2, "In-call", &[7], "10.0.0.2"),
        agent_at(3, "Offline", &[8], "10.0.0.3"),
        agent_at(4, "In-chat", &[], "2001:db8::4"),
    ];
    stack.add("acme", &agents).await;
    let body = json!({
        "agent_ids": [1, 2, 2, 999], "team_ids": [7, 8, 7], "ip_addrs": ["10.0.0.0/24", "10.0.0.2", "::/0"]
    });
    stack.post_force_logout("acme", &body).await;
    drain(&stack).await;
    assert_eq!(
        counts(&stack.get_job("acme", 1).await),
        completed(5, 1, 2, 2)
    );
}

/// The request is written down again for the job, where that end would be an IPv4 address.
#[tokio::test]
async fn a_block_of_ipv6_that_ends_among_ipv4_mapped_addresses_is_planned() {
    let stack = with_small_limit().await;
    let agents: Vec<_> = (1..=5)
        .map(|id| agent_at(id, "lunch", &[], &format!("::{id}")))
        .collect();
    stack.add("acme", &agents).await;
    stack
        .post_force_logout("acme", &json!({ "ip_addrs": ["::/80"] }))
        .await;
    drain(&stack).await;
    assert_eq!(
        counts(&stack.get_job("acme", 1).await),
        completed(5, 5, 0, 0)
    );
}

#[tokio::test]
async fn a_job_for_nobody_completes() {
    let stack = TestStack::start().await;
    let teams: Vec<u64> = (1..=17).collect();
    stack
        .post_force_logout("acme", &json!({ "team_ids": teams }))
        .await;
    drain(&stack).await;
    assert_eq!(
        counts(&stack.get_job("acme", 1).await),
        completed(0, 0, 0, 0)
    );
    assert!(stack.get_job("acme", 1).await.json()["finished_at"].is_string());
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
    assert_eq!(stack.jobs.receive_all().await.len(), 1);
    let request = stack.dynamodb.get_item().table_name("jobs");
    let request = request.key("job_key", AttributeValue::S("acme#1".to_owned()));
    let request = request.key("part", AttributeValue::S("request".to_owned()));
    assert!(request.send().await.unwrap().item.is_some());
}

#[tokio::test]
async fn accepting_reads_no_agents() {
    let stack = TestStack::start().await;
    stack
        .post_force_logout("acme", &json!({ "agent_ids": [1] }))
        .await;
    let ids: Vec<u64> = (1..=101).collect();
    let teams: Vec<u64> = (1..=17).collect();
    for body in [json!({ "agent_ids": ids }), json!({ "team_ids": teams })] {
        let _ = stack.aws_calls.take_meter();
        stack.post_force_logout("acme", &body).await;
        let meter = stack.aws_calls.take_meter();
        let operations: Vec<_> = meter
            .calls
            .iter()
            .map(|call| call.operation.as_str())
            .collect();
        assert_eq!(
            operations,
            ["UpdateItem", "SendMessageBatch", "PutItem", "PutItem"]
        );
    }
}

#[tokio::test]
async fn looking_a_job_up_is_one_query() {
    let stack = with_small_limit().await;
    stack
        .post_force_logout("acme", &json!({ "agent_ids": [1, 2] }))
        .await;
    let _ = stack.aws_calls.take_meter();
    stack.get_job("acme", 1).await;
    let meter = stack.aws_calls.take_meter();
    assert_eq!((meter.calls.len(), meter.count("Query")), (1, 1));
}

#[tokio::test]
async fn an_agent_who_signs_in_again_while_the_job_waits_is_skipped() {
    let stack = with_small_limit().await;
    stack
        .add(
            "acme",
            &[
                agent(1, "lunch", &[]),
                agent(2, "lunch", &[]),
                agent(3, "In-call", &[]),
            ],
        )
        .await;
    stack
        .post_force_logout("acme", &json!({ "agent_ids": [1, 2, 3] }))
        .await;
    stack.pass(Duration::from_mins(2));
    stack.sign_in_again("acme", 1).await;
    stack.sign_in_again("acme", 3).await;
    drain(&stack).await;
    assert_eq!(
        counts(&stack.get_job("acme", 1).await),
        completed(3, 1, 0, 2)
    );
    let states = [stack.state("acme", 1).await, stack.state("acme", 3).await];
    assert_eq!(
        states.map(|state| state["status"].clone()),
        ["lunch", "In-call"]
    );
}

#[tokio::test]
async fn an_agent_who_signs_in_again_between_two_deliveries_is_skipped() {
    let stack = with_small_limit().await;
    stack
        .add("acme", &[agent(1, "lunch", &[]), agent(2, "lunch", &[])])
        .await;
    stack
        .post_force_logout("acme", &json!({ "agent_ids": [1, 2] }))
        .await;
    stack
        .invoke
        .logout_worker(stack.jobs.receive_all().await)
        .await;
    let chunk = stack.jobs.receive_all().await;
    stack.invoke.logout_worker(chunk.clone()).await;
    stack.pass(Duration::from_mins(2));
    stack.set_status("acme", 1, "Available").await;
    stack.sign_in_again("acme", 1).await;
    stack.invoke.logout_worker(chunk).await;
    assert_eq!(stack.status("acme", 1).await, "Available");
    assert_eq!(
        counts(&stack.get_job("acme", 1).await),
        completed(2, 2, 0, 0)
    );
}

#[tokio::test]
async fn two_tenants_jobs_with_the_same_ids_at_once_do_not_meet() {
    let stack = with_small_limit().await;
    stack
        .add("acme", &[agent(1, "lunch", &[]), agent(2, "In-call", &[])])
        .await;
    stack
        .add(
            "globex",
            &[agent(1, "Break", &[]), agent(2, "Offline", &[])],
        )
        .await;
    for tenant in ["acme", "globex"] {
        let answer = stack
            .post_force_logout(tenant, &json!({ "agent_ids": [1, 2] }))
            .await;
        assert_eq!(answer.json()["id"], 1);
    }
    let plans = stack.jobs.receive_all().await;
    assert!(stack.invoke.logout_worker(plans).await.is_empty());
    let chunks = stack.jobs.receive_all().await;
    assert_eq!(chunks.len(), 2);
    assert!(stack.invoke.logout_worker(chunks).await.is_empty());
    assert_eq!(
        counts(&stack.get_job("acme", 1).await),
        completed(2, 1, 1, 0)
    );
    assert_eq!(
        counts(&stack.get_job("globex", 1).await),
        completed(2, 1, 0, 1)
    );
}

/// Every write to the table of jobs, by key; and who asked for it does not matter.
fn count_writes(stack: &TestStack) -> Arc<Mutex<BTreeMap<String, u32>>> {
    let writes = Arc::new(Mutex::new(BTreeMap::new()));
    let seen = writes.clone();
    stack.aws_calls.script(move |call| {
        let mut seen = seen.lock().unwrap();
        let mut count = |part: &Value| {
            *seen
                .entry(part["S"].as_str().unwrap().to_owned())
                .or_insert(0) += 1;
        };
        let of_jobs = call.body["TableName"] == "jobs";
        match call.operation.as_str() {
            "UpdateItem" if of_jobs => count(&call.body["Key"]["part"]),
            "PutItem" if of_jobs => count(&call.body["Item"]["part"]),
            "BatchWriteItem" => {
                for put in call.body["RequestItems"]["jobs"].as_array().unwrap() {
                    count(&put["PutRequest"]["Item"]["part"]);
                }
            }
            _ => {}
        }
        Act::Forward
    });
    writes
}

#[tokio::test]
async fn no_item_is_written_more_than_once_a_chunk_or_grows_with_the_job() {
    let stack = TestStack::start().await;
    let agents: Vec<_> = (1..=6_450).map(|id| agent(id, "Offline", &[7])).collect();
    stack.add("acme", &agents).await;
    let writes = count_writes(&stack);
    stack
        .post_force_logout("acme", &json!({ "team_ids": [7] }))
        .await;
    drain(&stack).await;
    assert_eq!(
        counts(&stack.get_job("acme", 1).await),
        completed(6_450, 0, 0, 6_450)
    );

    let (mut snapshot, mut progress) = (0, 0);
    for (part, count) in writes.lock().unwrap().clone() {
        let most = match part.split('#').next().unwrap() {
            "snapshot" => {
                snapshot += 1;
                1
            }
            "progress" => {
                progress += 1;
                64
            }
            // Written down, and planned.
            "job" => 2,
            _ => 1,
        };
        assert!(count <= most, "{part}: {count}");
    }
    assert_eq!((snapshot, progress), (1, 2));
    let scan = stack
        .dynamodb
        .scan()
        .table_name("jobs")
        .send()
        .await
        .unwrap();
    for item in scan.items() {
        // The debug text of an item is several times its size in DynamoDB.
        let size = format!("{item:?}").len();
        let is_snapshot = item["part"].as_s().unwrap().starts_with("snapshot#");
        // Of 6,450 agents, in at most two bytes each.
        let bound = if is_snapshot { 4 * 2 * 6_450 } else { 6_000 };
        assert!(size < bound, "{:?}: {size}", item["part"]);
    }
}

#[tokio::test]
async fn a_job_that_reads_completed_touches_nobody_any_more() {
    let stack = with_small_limit().await;
    stack
        .add("acme", &[agent(1, "Offline", &[]), agent(2, "lunch", &[])])
        .await;
    stack
        .post_force_logout("acme", &json!({ "agent_ids": [1, 2] }))
        .await;
    stack
        .invoke
        .logout_worker(stack.jobs.receive_all().await)
        .await;
    let chunk = stack.jobs.receive_all().await;
    stack.invoke.logout_worker(chunk.clone()).await;
    assert_eq!(
        counts(&stack.get_job("acme", 1).await),
        completed(2, 1, 0, 1)
    );
    // A sign-in from before the request becomes known late, and the message comes again.
    stack.set_status("acme", 1, "Available").await;
    assert!(stack.invoke.logout_worker(chunk).await.is_empty());
    assert_eq!(stack.status("acme", 1).await, "Available");
}

#[tokio::test]
async fn a_job_is_unfinished_until_it_is_completed_or_expires() {
    let stack = with_small_limit().await;
    for _ in 0..2 {
        let body = json!({ "agent_ids": [1, 2] });
        stack.post_force_logout("acme", &body).await;
    }
    let unfinished = async || {
        let jobs = stack.store.unfinished_jobs(stack.clock.now());
        let jobs = jobs.await.unwrap().into_iter();
        let mut ids: Vec<_> = jobs.map(|accepted| accepted.job.job_id.get()).collect();
        ids.sort_unstable();
        ids
    };
    assert_eq!(unfinished().await, [1, 2]);
    let plans = stack.jobs.receive_all().await;
    stack.invoke.logout_worker(plans[..1].to_vec()).await;
    assert_eq!(unfinished().await, [1, 2]);
    stack
        .invoke
        .logout_worker(stack.jobs.receive_all().await)
        .await;
    assert_eq!(unfinished().await.len(), 1);
    stack.pass(Duration::from_hours(24 * 30));
    assert!(unfinished().await.is_empty());
}

#[tokio::test]
async fn a_deleted_job_touches_nobody_any_more() {
    let stack = with_small_limit().await;
    stack.add("acme", &[agent(1, "lunch", &[])]).await;
    stack
        .post_force_logout("acme", &json!({ "agent_ids": [1, 2] }))
        .await;
    stack
        .invoke
        .logout_worker(stack.jobs.receive_all().await)
        .await;
    for item in stack
        .dynamodb
        .scan()
        .table_name("jobs")
        .send()
        .await
        .unwrap()
        .items()
    {
        let delete = stack.dynamodb.delete_item().table_name("jobs");
        let delete = delete
            .key("job_key", item["job_key"].clone())
            .key("part", item["part"].clone());
        delete.send().await.unwrap();
    }
    let chunk = stack.jobs.receive_all().await;
    assert_eq!(stack.invoke.logout_worker(chunk).await.len(), 1);
    assert_eq!(stack.status("acme", 1).await, "lunch");
    assert_eq!(stack.get_job("acme", 1).await.status, 404);
}

#[tokio::test]
async fn parts_of_a_snapshot_that_dynamodb_leaves_unprocessed_are_written_again() {
    let stack = TestStack::start().await;
    let now = stack.clock.now();
    let job = JobRef {
        tenant: tests::test_stack::name("acme"),
        job_id: JobId::new(1).unwrap(),
        accepted_at: now,
        expires_at: now,
    };
    // Five items of 10,000.
    let agent_ids: Vec<AgentId> = (1..=45_000).filter_map(AgentId::new).collect();
    let plan = Plan::new("p".to_owned(), &agent_ids, now);
    // Half of the batch does not arrive, and the answer says so.
    let left_out = Arc::new(Mutex::new(Value::Null));
    let kept = left_out.clone();
    let mut first = true;
    stack.aws_calls.script(move |call| {
        if call.operation != "BatchWriteItem" || !std::mem::take(&mut first) {
            return Act::Forward;
        }
        let writes = call.body["RequestItems"]["jobs"].as_array_mut().unwrap();
        *kept.lock().unwrap() = Value::Array(writes.split_off(2));
        let left_out = kept.lock().unwrap().clone();
        Act::EditReply(Box::new(move |reply| {
            reply["UnprocessedItems"] = json!({ "jobs": left_out });
        }))
    });
    let store = &stack.store;
    store.write_snapshot(&job, &plan, &agent_ids).await.unwrap();
    assert_eq!(left_out.lock().unwrap().as_array().unwrap().len(), 3);
    assert_eq!(store.read_snapshot(&job, &plan).await.unwrap(), agent_ids);
}

#[tokio::test]
async fn a_snapshot_of_which_a_part_is_gone_loses_nobody() {
    let stack = TestStack::start().await;
    let agents: Vec<_> = (1..=101).map(|id| agent(id, "lunch", &[7])).collect();
    stack.add("acme", &agents).await;
    let body = json!({ "team_ids": [7] });
    stack.post_force_logout("acme", &body).await;
    let plan = stack.jobs.receive_all().await;
    assert!(stack.invoke.logout_worker(plan.clone()).await.is_empty());
    let scan = stack.dynamodb.scan().table_name("jobs").send().await;
    for item in scan.unwrap().items() {
        if item["part"].as_s().unwrap().starts_with("snapshot#") {
            let delete = stack.dynamodb.delete_item().table_name("jobs");
            let delete = delete
                .key("job_key", item["job_key"].clone())
                .key("part", item["part"].clone());
            delete.send().await.unwrap();
        }
    }
    // A plan that comes again cannot know whom it means, and says so; the chunks that were sent go on.
    assert_eq!(stack.invoke.logout_worker(plan).await.len(), 1);
    drain(&stack).await;
    assert_eq!(
        counts(&stack.get_job("acme", 1).await),
        completed(101, 101, 0, 0)
    );
}
