//! DynamoDB throttles calls or parts of a batch, and answers look-ups in pages.

use serde_json::{Value, json};
use tests::{Act, TestStack, agent, agent_at};

async fn with_agents(count: u64) -> TestStack {
    let stack = TestStack::start().await;
    let agents: Vec<_> = (1..=count)
        .map(|id| agent_at(id, "Available", &[7], &format!("10.0.0.{id}")))
        .collect();
    stack.add("acme", &agents).await;
    stack
}

fn rows(answer: &tests::Answer) -> usize {
    answer.json().as_array().map_or(0, Vec::len)
}

#[tokio::test]
async fn unprocessed_keys_are_read_again() {
    let stack = with_agents(30).await;
    stack.aws_calls.once(
        "BatchGetItem",
        0,
        Act::EditReply(Box::new(|reply| {
            let items = reply["Responses"]["agents"].as_array_mut().unwrap();
            let keys: Vec<Value> = items
                .drain(10..)
                .map(|item| json!({ "agent_key": item["agent_key"] }))
                .collect();
            reply["UnprocessedKeys"] = json!({ "agents": { "Keys": keys } });
        })),
    );
    let answer = stack
        .post_force_logout("acme", &json!({ "team_ids": [7] }))
        .await;
    assert_eq!((answer.status, rows(&answer)), (200, 30));
}

#[tokio::test]
async fn throttled_members_of_a_batch_are_written_again() {
    let stack = with_agents(30).await;
    stack.aws_calls.once(
        "BatchExecuteStatement",
        0,
        Act::EditReply(Box::new(|reply| {
            // A throttled member may have been written all the same. Here all of them were.
            for member in reply["Responses"]
                .as_array_mut()
                .unwrap()
                .iter_mut()
                .step_by(3)
            {
                *member = json!({ "Error": { "Code": "ThrottlingError", "Message": "throttled" } });
            }
        })),
    );
    let answer = stack
        .post_force_logout("acme", &json!({ "team_ids": [7] }))
        .await;
    assert_eq!((answer.status, rows(&answer)), (200, 30));
    assert_eq!(answer.json()[0]["previous_status"], "Available");
}

/// Throttles every member of the next batches of writes.
fn throttle_writes(stack: &TestStack, batches: usize) {
    let mut left = batches;
    stack.aws_calls.script(move |call| {
        if call.operation != "BatchExecuteStatement" || left == 0 {
            return Act::Forward;
        }
        left -= 1;
        for statement in call.body["Statements"].as_array_mut().unwrap() {
            // DynamoDB does not apply a throttled write, so this condition makes it fail.
            let text = statement["Statement"].as_str().unwrap();
            statement["Statement"] =
                json!(text.replace("agent_status=?", "agent_status=? AND tenant='nobody'"));
        }
        Act::EditReply(Box::new(|reply| {
            for member in reply["Responses"].as_array_mut().unwrap() {
                *member = json!({ "Error": { "Code": "ThrottlingError", "Message": "throttled" } });
            }
        }))
    });
}

#[tokio::test]
async fn a_caller_gets_a_503_if_dynamodb_throttles_for_a_second() {
    for (batches, status) in [(5, 200), (6, 503)] {
        let stack = with_agents(3).await;
        throttle_writes(&stack, batches);
        let answer = stack
            .post_force_logout("acme", &json!({ "team_ids": [7] }))
            .await;
        assert_eq!(answer.status, status, "{batches}");
        // A write that is tried again needs no new read.
        assert_eq!(stack.aws_calls.take_meter().count("BatchGetItem"), 1);
    }
}

#[tokio::test]
async fn a_job_retries_for_as_long_as_dynamodb_throttles() {
    let stack = TestStack::start_with_jobs_only().await;
    let agents: Vec<_> = (1..=3).map(|id| agent(id, "lunch", &[7])).collect();
    stack.add("acme", &agents).await;
    stack
        .post_force_logout("acme", &json!({ "team_ids": [7] }))
        .await;
    stack.deliver_plans().await;
    throttle_writes(&stack, 9);
    assert!(stack.deliver_jobs().await.is_empty());
    let counts = stack.completed_job("acme", 1).await;
    assert_eq!(counts, "3 logged out, 0 deferred, 0 skipped");
}

#[tokio::test]
async fn a_member_that_dynamodb_refuses_is_a_503() {
    let stack = with_agents(1).await;
    stack.aws_calls.once(
        "BatchExecuteStatement",
        0,
        Act::EditReply(Box::new(|reply| {
            reply["Responses"][0] = json!({ "Error": { "Code": "AccessDenied", "Message": "no" } });
        })),
    );
    assert_eq!(
        stack
            .post_force_logout("acme", &json!({ "agent_ids": [1] }))
            .await
            .status,
        503
    );
}

#[tokio::test]
async fn a_batch_that_is_answered_in_part_is_a_503() {
    let stack = with_agents(30).await;
    stack.aws_calls.once(
        "BatchExecuteStatement",
        0,
        Act::EditReply(Box::new(|reply| {
            reply["Responses"].as_array_mut().unwrap().pop();
        })),
    );
    let body = json!({ "team_ids": [7] });
    assert_eq!(stack.post_force_logout("acme", &body).await.status, 503);
}

#[tokio::test]
async fn throttled_calls_are_retried() {
    for operation in ["GetItem", "Query", "BatchGetItem", "BatchExecuteStatement"] {
        let stack = with_agents(3).await;
        stack.aws_calls.once(operation, 0, Act::Throttle);
        let answer = stack
            .post_force_logout("acme", &json!({ "team_ids": [7] }))
            .await;
        assert_eq!((answer.status, rows(&answer)), (200, 3), "{operation}");
    }
}

#[tokio::test]
async fn look_ups_read_every_page() {
    for body in [
        json!({ "team_ids": [7] }),
        json!({ "ip_addrs": ["10.0.0.0/8"] }),
    ] {
        let stack = with_agents(30).await;
        stack.aws_calls.script(|call| {
            if call.operation == "Query" {
                call.body["Limit"] = json!(4);
            }
            Act::Forward
        });
        let answer = stack.post_force_logout("acme", &body).await;
        assert_eq!((answer.status, rows(&answer)), (200, 30), "{body}");
        assert_eq!(stack.aws_calls.take_meter().count("Query"), 8);
    }
}

#[tokio::test]
async fn look_ups_stop_as_soon_as_the_limit_is_passed() {
    let stack = TestStack::start_with(10, None).await;
    stack
        .add(
            "acme",
            &(1..=60)
                .map(|id| agent(id, "lunch", &[7]))
                .collect::<Vec<_>>(),
        )
        .await;
    stack.aws_calls.script(|call| {
        if call.operation == "Query" {
            call.body["Limit"] = json!(4);
        }
        Act::Forward
    });
    let answer = stack
        .post_force_logout("acme", &json!({ "team_ids": [7] }))
        .await;
    assert_eq!(answer.json()["status"], "created");
    stack.leaves_messages();
    let meter = stack.aws_calls.take_meter();
    assert_eq!((meter.count("Query"), meter.count("BatchGetItem")), (3, 0));
}
