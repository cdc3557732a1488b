//! The items of a job in the table `jobs`: how often each is written, how large it is, and what happens if one is missing.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use domain::ids::{AgentId, JobId};
use domain::jobs::{JobRef, Plan};
use serde_json::{Value, json};
use tests::test_stack::name;
use tests::{Act, TestStack, agent};

/// Counts every write to the table `jobs`, by the part of the item.
fn count_writes(stack: &TestStack) -> Arc<Mutex<BTreeMap<String, u32>>> {
    let writes = Arc::new(Mutex::new(BTreeMap::new()));
    let counts = writes.clone();
    stack.aws_calls.script(move |call| {
        let mut counts = counts.lock().unwrap();
        let mut count = |part: &Value| {
            let part = part["S"].as_str().unwrap();
            *counts.entry(part.to_owned()).or_insert(0) += 1;
        };
        let is_of_jobs = call.body["TableName"] == "jobs";
        match call.operation.as_str() {
            "UpdateItem" if is_of_jobs => count(&call.body["Key"]["part"]),
            "PutItem" if is_of_jobs => count(&call.body["Item"]["part"]),
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
    const AGENTS: usize = 6_450;
    let stack = TestStack::start().await;
    let agents = (1..=AGENTS as u64).map(|id| agent(id, "Offline", &[7]));
    stack.bulk_insert("acme", agents);
    let writes = count_writes(&stack);
    let counts = stack.run_job("acme", &json!({ "team_ids": [7] })).await;
    assert_eq!(counts, "0 logged out, 0 deferred, 6450 skipped");

    let (mut snapshot, mut progress) = (0, 0);
    for (part, count) in writes.lock().unwrap().clone() {
        let max = match part.split('#').next().unwrap() {
            "snapshot" => {
                snapshot += 1;
                1
            }
            "progress" => {
                progress += 1;
                64
            }
            // Accepted, and planned.
            "job" => 2,
            _ => 1,
        };
        assert!(count <= max, "{part}: {count}");
    }
    assert_eq!((snapshot, progress), (1, 2));
    let scan = stack.dynamodb.scan().table_name("jobs").send().await;
    for item in scan.unwrap().items() {
        // The debug text of an item is several times its size in DynamoDB.
        let size = format!("{item:?}").len();
        let is_snapshot = item["part"].as_s().unwrap().starts_with("snapshot#");
        // A snapshot has at most two bytes for each agent.
        let bound = if is_snapshot { 4 * 2 * AGENTS } else { 6_000 };
        assert!(size < bound, "{:?}: {size}", item["part"]);
    }
}

#[tokio::test]
async fn unprocessed_parts_of_a_snapshot_are_written_again() {
    let stack = TestStack::start().await;
    let now = stack.clock.now();
    let job = JobRef {
        tenant: name("acme"),
        job_id: JobId::new(1).unwrap(),
        accepted_at: now,
        expires_at: now,
    };
    // Five items of 10,000.
    let agent_ids: Vec<AgentId> = (1..=45_000).filter_map(AgentId::new).collect();
    let plan = Plan::new("p".to_owned(), &agent_ids, now);
    // DynamoDB answers that a part of the batch is unprocessed.
    let unprocessed = Arc::new(Mutex::new(Value::Null));
    let kept = unprocessed.clone();
    let mut is_first = true;
    stack.aws_calls.script(move |call| {
        if call.operation != "BatchWriteItem" || !std::mem::take(&mut is_first) {
            return Act::Forward;
        }
        let writes = call.body["RequestItems"]["jobs"].as_array_mut().unwrap();
        *kept.lock().unwrap() = Value::Array(writes.split_off(2));
        let unprocessed = kept.lock().unwrap().clone();
        Act::EditReply(Box::new(move |reply| {
            reply["UnprocessedItems"] = json!({ "jobs": unprocessed });
        }))
    });
    let store = &stack.store;
    store.write_snapshot(&job, &plan, &agent_ids).await.unwrap();
    assert_eq!(unprocessed.lock().unwrap().as_array().unwrap().len(), 3);
    assert_eq!(store.read_snapshot(&job, &plan).await.unwrap(), agent_ids);
}

/// Deletes the items of all jobs whose part begins with this text.
async fn delete_parts(stack: &TestStack, prefix: &str) {
    let scan = stack.dynamodb.scan().table_name("jobs").send().await;
    for item in scan.unwrap().items() {
        if item["part"].as_s().unwrap().starts_with(prefix) {
            let delete = stack.dynamodb.delete_item().table_name("jobs");
            let delete = delete.key("job_key", item["job_key"].clone());
            let delete = delete.key("part", item["part"].clone());
            delete.send().await.unwrap();
        }
    }
}

#[tokio::test]
async fn a_missing_part_of_a_snapshot_loses_no_agent() {
    let stack = TestStack::start().await;
    let agents: Vec<_> = (1..=101).map(|id| agent(id, "lunch", &[7])).collect();
    stack.add("acme", &agents).await;
    let body = json!({ "team_ids": [7] });
    stack.post_force_logout("acme", &body).await;
    let plan = stack.plans.receive_all().await;
    assert!(stack.invoke.job_planner(plan.clone()).await.is_empty());
    delete_parts(&stack, "snapshot#").await;
    // A repeated plan does not know its agents any more and fails; the chunks that were sent are worked off.
    assert_eq!(stack.invoke.job_planner(plan).await.len(), 1);
    stack.drain_jobs().await;
    let counts = stack.completed_job("acme", 1).await;
    assert_eq!(counts, "101 logged out, 0 deferred, 0 skipped");
}

#[tokio::test]
async fn a_deleted_job_changes_no_agent() {
    let stack = TestStack::start_with_jobs_only().await;
    stack.add("acme", &[agent(1, "lunch", &[])]).await;
    let body = json!({ "agent_ids": [1, 2] });
    stack.post_force_logout("acme", &body).await;
    stack.deliver_plans().await;
    delete_parts(&stack, "").await;
    assert_eq!(stack.deliver_jobs().await.len(), 1);
    assert_eq!(stack.status("acme", 1).await, "lunch");
    assert_eq!(stack.get_job("acme", 1).await.status, 404);
    stack.leaves_messages();
}
