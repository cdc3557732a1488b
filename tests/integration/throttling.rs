//! DynamoDB too busy for parts of a batch, and answers in several pages.

use serde_json::{Value, json};
use tests::{Act, TestStack, agent, agent_at};

use crate::jobs::{completed, counts};

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
async fn keys_left_unprocessed_are_asked_for_again() {
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
async fn members_that_were_throttled_are_tried_again() {
    let stack = with_agents(30).await;
    stack.aws_calls.once(
        "BatchExecuteStatement",
        0,
        Act::EditReply(Box::new(|reply| {
            // Whether a throttled member was written is not known; here all of them were.
            for member in reply["Responses"]
                .as_array_mut()
                .unwrap()
                .iter_mut()
                .step_by(3)
            {
                *member = json!({ "Error": { "Code": "ThrottlingError", "Message": "too busy" } });
            }
        })),
    );
    let answer = stack
        .post_force_logout("acme", &json!({ "team_ids": [7] }))
        .await;
    assert_eq!((answer.status, rows(&answer)), (200, 30));
    assert_eq!(answer.json()[0]["previous_status"], "Available");
}

/// Makes DynamoDB too busy for every member of the next batches of writes.
fn throttle_writes(stack: &TestStack, batches: usize) {
    let mut left = batches;
    stack.aws_calls.script(move |call| {
        if call.operation != "BatchExecuteStatement" || left == 0 {
            return Act::Forward;
        }
        left -= 1;
        for statement in call.body["Statements"].as_array_mut().unwrap() {
            // A member that changes nothing, in place of one that does not arrive.
            let text = statement["Statement"].as_str().unwrap();
            statement["Statement"] =
                json!(text.replace("agent_status=?", "agent_status=? AND tenant='nobody'"));
        }
        Act::EditReply(Box::new(|reply| {
            for member in reply["Responses"].as_array_mut().unwrap() {
                *member = json!({ "Error": { "Code": "ThrottlingError", "Message": "too busy" } });
            }
        }))
    });
}

#[tokio::test]
async fn a_caller_is_told_to_come_again_when_dynamodb_stays_too_busy() {
    for (batches, status) in [(5, 200), (6, 503)] {
        let stack = with_agents(3).await;
        throttle_writes(&stack, batches);
        let answer = stack
            .post_force_logout("acme", &json!({ "team_ids": [7] }))
            .await;
        assert_eq!(answer.status, status, "{batches}");
        // What is tried again is not read again.
        assert_eq!(stack.aws_calls.take_meter().count("BatchGetItem"), 1);
    }
}

#[tokio::test]
async fn a_job_stays_at_it_for_as_long_as_dynamodb_is_too_busy() {
    let stack = TestStack::start_with(1, None).await;
    let agents: Vec<_> = (1..=3).map(|id| agent(id, "lunch", &[7])).collect();
    stack.add("acme", &agents).await;
    stack
        .post_force_logout("acme", &json!({ "team_ids": [7] }))
        .await;
    stack
        .invoke
        .logout_worker(stack.jobs.receive_all().await)
        .await;
    throttle_writes(&stack, 9);
    let chunk = stack.jobs.receive_all().await;
    assert!(stack.invoke.logout_worker(chunk).await.is_empty());
    let job = counts(&stack.get_job("acme", 1).await);
    assert_eq!(job, completed(3, 3, 0, 0));
}

#[tokio::test]
async fn a_member_refused_for_good_is_a_503() {
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
async fn whole_calls_that_are_throttled_are_retried() {
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
async fn look_ups_are_read_page_by_page_to_their_end() {
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
async fn reading_stops_as_soon_as_the_limit_is_passed() {
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
    let meter = stack.aws_calls.take_meter();
    assert_eq!((meter.count("Query"), meter.count("BatchGetItem")), (3, 0));
}
