//! Messages of jobs that fail: too late, out of time, again and again.

use std::time::Duration;

use aws_lambda_events::sqs::SqsEvent;
use domain::limits::JOB_DEADLINE;
use local::event_sources::queue_poller::QueuePoller;
use serde_json::json;
use service::lambda::queue_settings::{JOBS_QUEUE, QueueSettings};
use tests::captured_log::assert_logged;
use tests::test_queue::TestQueue;
use tests::{Act, TestStack, agent};

#[tokio::test]
async fn messages_of_an_expired_job_fail_and_change_no_agent() {
    let stack = TestStack::start_with_jobs_only().await;
    stack.add("acme", &[agent(1, "lunch", &[])]).await;
    let body = json!({ "agent_ids": [1, 2] });
    stack.post_force_logout("acme", &body).await;
    let plan = stack.plans.receive_all().await;
    stack.invoke.job_planner(plan.clone()).await;
    let chunk = stack.jobs.receive_all().await;
    stack.pass(Duration::from_hours(24 * 30));
    assert_eq!(stack.invoke.job_planner(plan).await.len(), 1);
    assert_eq!(stack.invoke.logout_worker(chunk).await.len(), 1);
    assert_eq!(stack.status("acme", 1).await, "lunch");
    stack.leaves_messages();
}

#[tokio::test]
async fn without_time_left_messages_fail_without_a_call() {
    let stack = TestStack::start_with_jobs_only().await;
    let body = json!({ "agent_ids": [1, 2] });
    stack.post_force_logout("acme", &body).await;
    stack.deliver_plans().await;
    let mut event = SqsEvent::default();
    event.records = stack.jobs.receive_all().await;
    let _ = stack.aws_calls.take_meter();
    let deadline = stack.clock.now().plus(Duration::from_secs(1));
    let answer = stack.functions.logout_worker.handle(event, deadline).await;
    assert_eq!(answer.batch_item_failures.len(), 1);
    assert!(stack.aws_calls.take_meter().calls.is_empty());
    stack.leaves_messages();
}

#[tokio::test]
async fn a_job_that_cannot_finish_reads_failed_and_completes_after_a_redrive() {
    let stack = TestStack::start_with_jobs_only().await;
    stack.add("acme", &[agent(1, "lunch", &[])]).await;
    let body = json!({ "agent_ids": [1, 2] });
    stack.post_force_logout("acme", &body).await;
    stack.deliver_plans().await;
    stack.aws_calls.script(|call| {
        if call.operation == "BatchGetItem" {
            Act::Refuse("AccessDeniedException")
        } else {
            Act::Forward
        }
    });
    for _ in 0..JOBS_QUEUE.max_receive_count {
        let chunk = stack.jobs.receive_all().await.pop().unwrap();
        let failed = stack.invoke.logout_worker(vec![chunk.clone()]).await;
        assert_eq!(failed.len(), 1);
        stack.jobs.make_visible(&chunk).await;
    }
    assert!(stack.jobs.receive_all().await.is_empty());
    let job = stack.get_job("acme", 1).await.json();
    let found = ["status", "total", "logged_out"].map(|key| job[key].clone());
    assert_eq!(found, [json!("in_progress"), json!(2), json!(0)]);
    stack.pass(JOB_DEADLINE + Duration::from_millis(1));
    assert_eq!(stack.get_job("acme", 1).await.json()["status"], "failed");

    stack.aws_calls.script(|_| Act::Forward);
    let dead_letters = stack.jobs.receive_dead_letters().await;
    assert_eq!(dead_letters.len(), 1);
    let body = dead_letters[0].body.as_deref().unwrap();
    stack.jobs.send(body).await;
    stack.drain_jobs().await;
    let counts = stack.completed_job("acme", 1).await;
    assert_eq!(counts, "1 logged out, 0 deferred, 1 skipped");
}

#[tokio::test]
async fn a_message_that_hangs_does_not_fail_the_others() {
    let stack = TestStack::start_with_jobs_only().await;
    for ids in [[1, 2], [3, 4]] {
        let body = json!({ "agent_ids": ids });
        stack.post_force_logout("acme", &body).await;
    }
    stack.deliver_plans().await;
    let mut event = SqsEvent::default();
    event.records = stack.jobs.receive_all().await;
    let hanging = event.records[0].message_id.clone().unwrap();
    stack.aws_calls.script(|call| {
        if call.body.to_string().contains("acme#1\"") {
            Act::After(Box::pin(std::future::pending()))
        } else {
            Act::Forward
        }
    });
    // Work stops two seconds before the deadline, which is a second from now.
    let deadline = stack.clock.now().plus(Duration::from_secs(3));
    let answer = stack.functions.logout_worker.handle(event, deadline).await;
    let failures = answer.batch_item_failures.iter();
    let failed: Vec<_> = failures.map(|failure| &failure.item_identifier).collect();
    assert_eq!(failed, [&hanging]);
    assert_logged(&[&hanging, "no time is left"]);
    stack.aws_calls.script(|_| Act::Forward);
    let counts = stack.completed_job("acme", 2).await;
    assert_eq!(counts, "0 logged out, 0 deferred, 2 skipped");
    stack.leaves_messages();
}

/// The poller of `local`, on a queue whose failed messages are visible again at once.
#[tokio::test]
async fn a_message_that_fails_five_times_is_moved_to_the_dead_letter_queue() {
    let stack = TestStack::start_with_jobs_only().await;
    let without_timeout = QueueSettings {
        visibility_timeout_seconds: 0,
        name: "without-timeout",
        dead_letter_queue: "without-timeout-dead",
        ..JOBS_QUEUE
    };
    let queue = TestQueue::create(stack.sqs_address, &without_timeout).await;
    queue.send("no message").await;
    let body = json!({ "agent_ids": [1, 2] });
    stack.post_force_logout("acme", &body).await;
    for plan in stack.plans.receive_all().await {
        queue.send(plan.body.as_deref().unwrap()).await;
        stack.plans.delete(&plan).await;
    }
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let stopped = async { stopped.await.unwrap_or_default() };
    let poller = QueuePoller {
        sqs: queue.sqs.clone(),
        queue_url: queue.url.clone(),
        function_timeout: Duration::from_mins(1),
        batch_size: JOBS_QUEUE.batch_size,
        clock: stack.clock.clone(),
    };
    let functions = stack.functions.clone();
    let worker = move |event, deadline| {
        let functions = functions.clone();
        async move { functions.logout_worker.handle(event, deadline).await }
    };
    let polling = tokio::spawn(poller.run(worker, stopped));
    let dead_letters = first_dead_letters(&queue).await;
    assert_eq!(dead_letters, ["no message"]);
    stop.send(()).unwrap();
    polling.await.unwrap().unwrap();
    // The plan was handed over and deleted.
    assert!(queue.receive_all().await.is_empty());
    stack.drain_jobs().await;
    let counts = stack.completed_job("acme", 1).await;
    assert_eq!(counts, "0 logged out, 0 deferred, 2 skipped");
}

/// Waits for dead letters, and returns their bodies.
async fn first_dead_letters(queue: &TestQueue) -> Vec<String> {
    for _ in 0..20_000 {
        let dead_letters = queue.receive_dead_letters().await;
        if !dead_letters.is_empty() {
            let bodies = dead_letters.into_iter().filter_map(|letter| letter.body);
            return bodies.collect();
        }
    }
    panic!("no message is moved to the dead-letter queue");
}
