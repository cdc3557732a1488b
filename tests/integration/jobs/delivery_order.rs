//! Messages of a job that are delivered twice, late, at once, and in every order.

use aws_lambda_events::sqs::SqsMessage;
use serde_json::json;
use tests::test_queue::parse;
use tests::{TestStack, agent};
use wire::messages::JobMessage;

/// The job is for the agents 1 to 150, of whom six exist.
const LAST: u64 = 150;

/// A service with a job of two chunks, and the plan message of that job.
async fn stack_with_job() -> (TestStack, SqsMessage) {
    let stack = TestStack::start().await;
    let agents = [
        agent(1, "lunch", &[]),
        agent(2, "In-call", &[]),
        agent(3, "Offline", &[]),
        agent(101, "lunch", &[]),
        agent(102, "In-chat", &[]),
        agent(103, "Break", &[]),
    ];
    stack.add("acme", &agents).await;
    let ids: Vec<u64> = (1..=LAST).collect();
    let body = json!({ "agent_ids": ids });
    stack.post_force_logout("acme", &body).await;
    let plan = stack.plans.receive_all().await.pop().unwrap();
    (stack, plan)
}

async fn deliver_one(stack: &TestStack, message: &SqsMessage) {
    let messages = vec![message.clone()];
    let failed = match parse(message) {
        JobMessage::Plan(_) => stack.invoke.job_planner(messages).await,
        JobMessage::Chunk(_) => stack.invoke.logout_worker(messages).await,
    };
    assert!(failed.is_empty());
}

async fn assert_completed(stack: &TestStack, context: &str) {
    let counts = stack.completed_job("acme", 1).await;
    assert_eq!(counts, "3 logged out, 2 deferred, 145 skipped", "{context}");
    for (agent_id, status) in [
        (1, "Offline"),
        (2, "In-call"),
        (3, "Offline"),
        (101, "Offline"),
        (102, "In-chat"),
        (103, "Offline"),
    ] {
        assert_eq!(stack.status("acme", agent_id).await, status, "{context}");
    }
}

/// Every order of the elements; those that differ only in equal elements count once.
fn orders(elements: &[usize]) -> Vec<Vec<usize>> {
    if elements.is_empty() {
        return vec![Vec::new()];
    }
    let mut firsts = elements.to_vec();
    firsts.sort_unstable();
    firsts.dedup();
    let mut all = Vec::new();
    for first in firsts {
        let mut rest = elements.to_vec();
        rest.remove(rest.iter().position(|element| *element == first).unwrap());
        all.extend(
            orders(&rest)
                .into_iter()
                .map(|order| [vec![first], order].concat()),
        );
    }
    all
}

#[tokio::test]
async fn a_plan_and_chunks_may_be_delivered_twice_in_every_order() {
    let orders = orders(&[0, 1, 1, 2, 2]);
    assert_eq!(orders.len(), 30);
    for order in orders {
        let (stack, plan) = stack_with_job().await;
        deliver_one(&stack, &plan).await;
        let mut messages = vec![plan];
        messages.extend(stack.jobs.receive_all().await);
        assert_eq!(messages.len(), 3);
        for position in &order {
            deliver_one(&stack, &messages[*position]).await;
        }
        // The second delivery of the plan may have sent chunks again.
        stack.drain_jobs().await;
        assert_completed(&stack, &format!("{order:?}")).await;
    }
}

#[tokio::test]
async fn a_repeated_plan_sends_only_the_open_chunks() {
    let (stack, plan) = stack_with_job().await;
    deliver_one(&stack, &plan).await;
    let chunks = stack.jobs.receive_all().await;
    deliver_one(&stack, &chunks[0]).await;
    deliver_one(&stack, &plan).await;
    let again = stack.jobs.receive_all().await;
    assert_eq!(
        again.iter().map(parse).collect::<Vec<_>>(),
        [parse(&chunks[1])]
    );
    deliver_one(&stack, &chunks[1]).await;
    deliver_one(&stack, &again[0]).await;
    let _ = stack.aws_calls.take_meter();
    deliver_one(&stack, &plan).await;
    let operations: Vec<_> = stack
        .aws_calls
        .take_meter()
        .calls
        .into_iter()
        .map(|call| call.operation)
        .collect();
    assert_eq!(operations, ["Query"]);
    assert!(stack.jobs.receive_all().await.is_empty());
    assert_completed(&stack, "").await;
}

#[tokio::test]
async fn of_two_plans_made_at_once_one_is_used() {
    for _ in 0..10 {
        let (stack, plan) = stack_with_job().await;
        let one = stack.invoke.job_planner(vec![plan.clone()]);
        let other = stack.invoke.job_planner(vec![plan.clone()]);
        let (one, other) = tokio::join!(one, other);
        assert!(one.is_empty() && other.is_empty());
        let chunks = stack.jobs.receive_all().await;
        let mut plans: Vec<String> = chunks
            .iter()
            .map(|chunk| match parse(chunk) {
                JobMessage::Chunk(chunk) => chunk.plan_id,
                JobMessage::Plan(_) => panic!("a plan"),
            })
            .collect();
        plans.sort();
        plans.dedup();
        assert_eq!((chunks.len(), plans.len()), (4, 1));
        assert!(stack.invoke.logout_worker(chunks).await.is_empty());
        assert_completed(&stack, "").await;
    }
}

#[tokio::test]
async fn two_workers_on_one_chunk_at_once_count_it_once() {
    for _ in 0..10 {
        let (stack, plan) = stack_with_job().await;
        deliver_one(&stack, &plan).await;
        let chunks = stack.jobs.receive_all().await;
        let one = stack.invoke.logout_worker(chunks.clone());
        let other = stack.invoke.logout_worker(chunks);
        let (one, other) = tokio::join!(one, other);
        assert!(one.is_empty() && other.is_empty());
        assert_completed(&stack, "").await;
    }
}
