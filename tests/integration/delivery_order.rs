//! Messages delivered twice, late, at once, and in every order.

use aws_lambda_events::sqs::SqsMessage;
use serde_json::json;
use tests::test_queue::parse;
use tests::{TestStack, agent};
use wire::messages::JobMessage;

use crate::jobs::{completed, counts};

/// The agents of the job: 1 to 150, of whom six exist.
const LAST: u64 = 150;

/// A service with a job of two chunks that waits for its plan.
async fn with_job() -> (TestStack, SqsMessage) {
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
    stack
        .post_force_logout("acme", &json!({ "agent_ids": ids }))
        .await;
    let plan = stack.jobs.receive_all().await.pop().unwrap();
    (stack, plan)
}

async fn deliver_one(stack: &TestStack, message: &SqsMessage) {
    let failed = stack.invoke.logout_worker(vec![message.clone()]).await;
    assert!(failed.is_empty());
}

async fn assert_completed(stack: &TestStack, why: &str) {
    let found = counts(&stack.get_job("acme", 1).await);
    assert_eq!(found, completed(LAST, 3, 2, LAST - 5), "{why}");
    for (agent_id, status) in [
        (1, "Offline"),
        (2, "In-call"),
        (3, "Offline"),
        (101, "Offline"),
        (102, "In-chat"),
        (103, "Offline"),
    ] {
        assert_eq!(stack.status("acme", agent_id).await, status, "{why}");
    }
}

/// Every order of the elements, equal ones counted as one.
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
async fn the_plan_and_two_chunks_twice_each_in_every_order() {
    let orders = orders(&[0, 1, 1, 2, 2]);
    assert_eq!(orders.len(), 30);
    for order in orders {
        let (stack, plan) = with_job().await;
        deliver_one(&stack, &plan).await;
        let mut messages = vec![plan];
        messages.extend(stack.jobs.receive_all().await);
        assert_eq!(messages.len(), 3);
        for position in &order {
            deliver_one(&stack, &messages[*position]).await;
        }
        // What the second delivery of the plan sent again.
        stack.drain_jobs().await;
        assert_completed(&stack, &format!("{order:?}")).await;
    }
}

#[tokio::test]
async fn a_plan_after_its_chunks_sends_nothing_and_between_them_only_what_is_open() {
    let (stack, plan) = with_job().await;
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
async fn of_two_plans_at_once_one_is_decided_on() {
    for _ in 0..10 {
        let (stack, plan) = with_job().await;
        let one = stack.invoke.logout_worker(vec![plan.clone()]);
        let other = stack.invoke.logout_worker(vec![plan.clone()]);
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
        let (stack, plan) = with_job().await;
        deliver_one(&stack, &plan).await;
        let chunks = stack.jobs.receive_all().await;
        let one = stack.invoke.logout_worker(chunks.clone());
        let other = stack.invoke.logout_worker(chunks);
        let (one, other) = tokio::join!(one, other);
        assert!(one.is_empty() && other.is_empty());
        assert_completed(&stack, "").await;
    }
}
