//! Messages of jobs: grouped, sent again, refused, out of time, dead and redriven.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_lambda_events::sqs::{SqsEvent, SqsMessage};
use domain::limits::JOB_DEADLINE;
use domain::timestamp::Timestamp;
use local::event_sources::queue_poller::QueuePoller;
use serde_json::json;
use service::lambda::queue_settings::{JOBS_QUEUE, QueueSettings};
use tests::test_queue::{TestQueue, parse};
use tests::{Act, agent};
use wire::messages::JobMessage;

use crate::jobs::{completed, counts, drain, with_small_limit};

#[tokio::test]
async fn messages_carry_their_tenant_as_group() {
    let stack = with_small_limit().await;
    let groups = Arc::new(Mutex::new(Vec::new()));
    let seen = groups.clone();
    stack.aws_calls.script(move |call| {
        if call.operation == "SendMessageBatch" {
            for entry in call.body["Entries"].as_array().unwrap() {
                seen.lock()
                    .unwrap()
                    .push(entry["MessageGroupId"].as_str().unwrap().to_owned());
            }
        }
        Act::Forward
    });
    stack
        .post_force_logout("globex", &json!({ "agent_ids": [1, 2] }))
        .await;
    drain(&stack).await;
    assert_eq!(*groups.lock().unwrap(), ["globex", "globex"]);
}

#[tokio::test]
async fn messages_that_are_refused_in_part_are_sent_again() {
    let stack = with_small_limit().await;
    let ids: Vec<u64> = (1..=1_500).collect();
    stack
        .post_force_logout("acme", &json!({ "agent_ids": ids }))
        .await;
    let plan = stack.jobs.receive_all().await;
    stack.aws_calls.once(
        "SendMessageBatch",
        0,
        Act::EditReply(Box::new(|reply| {
            let sent = reply["Successful"].as_array_mut().unwrap().pop().unwrap();
            reply["Failed"] =
                json!([{ "Id": sent["Id"], "Code": "InternalError", "SenderFault": false }]);
        })),
    );
    assert!(stack.invoke.logout_worker(plan).await.is_empty());
    // One of them came twice, as its first answer said that it had not come.
    assert_eq!(stack.jobs.receive_all().await.len(), 17);
}

#[tokio::test]
async fn a_message_that_sqs_refuses_for_good_fails_the_plan() {
    let stack = with_small_limit().await;
    stack
        .post_force_logout("acme", &json!({ "agent_ids": [1, 2] }))
        .await;
    let plan = stack.jobs.receive_all().await;
    stack.aws_calls.once(
        "SendMessageBatch",
        0,
        Act::EditReply(Box::new(|reply| {
            let sent = reply["Successful"].as_array_mut().unwrap().pop().unwrap();
            reply["Failed"] = json!([{ "Id": sent["Id"], "Code": "InvalidMessageContents", "SenderFault": true }]);
        })),
    );
    assert_eq!(stack.invoke.logout_worker(plan).await.len(), 1);
}

fn message(id: &str, body: &str) -> SqsMessage {
    let mut message = SqsMessage::default();
    message.message_id = Some(id.to_owned());
    message.body = Some(body.to_owned());
    message
}

#[tokio::test]
async fn bad_messages_fail_alone_and_the_rest_is_done() {
    let stack = with_small_limit().await;
    stack
        .post_force_logout("acme", &json!({ "agent_ids": [1, 2] }))
        .await;
    stack
        .invoke
        .logout_worker(stack.jobs.receive_all().await)
        .await;
    let good = stack.jobs.receive_all().await.pop().unwrap();
    let body = good.body.clone().unwrap();
    let other_plan = {
        let JobMessage::Chunk(chunk) = parse(&good) else {
            panic!("a chunk")
        };
        body.replace(&chunk.plan_id, "another-plan")
    };
    let bad_plan = body.replace(
        r#""kind":"chunk""#,
        r#""kind":"plan","selection":{"ip_ranges":["canary"]}"#,
    );
    let bad_plan = bad_plan.replace(r#""job_id":1"#, r#""job_id":9"#);
    let batch = vec![
        message("no-json", "canary{"),
        message("no-message", r#"{"v":1,"kind":"canary"}"#),
        message("version", &body.replace(r#""v":1"#, r#""v":2"#)),
        message("no-job", &body.replace(r#""job_id":1"#, r#""job_id":77"#)),
        message("no-chunk", &body.replace(r#""chunk":1"#, r#""chunk":2"#)),
        message("no-plan", &other_plan),
        message(
            "too-few",
            &body.replace(r#""agent_ids":[1,2]"#, r#""agent_ids":[1]"#),
        ),
        message("bad-range", &bad_plan),
        good,
    ];
    let mut failed = stack.invoke.logout_worker(batch).await;
    failed.sort();
    assert_eq!(
        failed,
        [
            "bad-range",
            "no-chunk",
            "no-job",
            "no-json",
            "no-message",
            "no-plan",
            "too-few",
            "version"
        ]
    );
    assert_eq!(
        counts(&stack.get_job("acme", 1).await),
        completed(2, 0, 0, 2)
    );
    let log = tests::captured_log::text();
    for (id, why) in [
        ("no-json", "not JSON at line 1"),
        ("version", "of version 2; only 1 is known"),
        ("no-job", "the job is gone"),
        ("bad-range", "JSON, but not what version 1 holds"),
    ] {
        assert!(
            log.lines()
                .any(|line| line.contains(id) && line.contains(why)),
            "{id}"
        );
    }
    assert!(!log.contains("canary{") && !log.contains("\"canary\""));
}

#[tokio::test]
async fn messages_of_an_expired_job_fail_and_touch_nobody() {
    let stack = with_small_limit().await;
    stack.add("acme", &[agent(1, "lunch", &[])]).await;
    stack
        .post_force_logout("acme", &json!({ "agent_ids": [1, 2] }))
        .await;
    let plan = stack.jobs.receive_all().await;
    stack.invoke.logout_worker(plan.clone()).await;
    let chunk = stack.jobs.receive_all().await;
    stack.pass(Duration::from_hours(24 * 30));
    assert_eq!(stack.invoke.logout_worker(plan).await.len(), 1);
    assert_eq!(stack.invoke.logout_worker(chunk).await.len(), 1);
    assert_eq!(stack.status("acme", 1).await, "lunch");
}

#[tokio::test]
async fn without_time_left_messages_come_again_untouched() {
    let stack = with_small_limit().await;
    stack
        .post_force_logout("acme", &json!({ "agent_ids": [1, 2] }))
        .await;
    let mut event = SqsEvent::default();
    event.records = stack.jobs.receive_all().await;
    let _ = stack.aws_calls.take_meter();
    let deadline: Timestamp = stack.clock.now().plus(Duration::from_secs(1));
    let answer = stack.functions.logout_worker.handle(event, deadline).await;
    assert_eq!(answer.batch_item_failures.len(), 1);
    assert!(stack.aws_calls.take_meter().calls.is_empty());
}

#[tokio::test]
async fn a_job_that_cannot_finish_reads_failed_and_completes_after_a_redrive() {
    let stack = with_small_limit().await;
    stack.add("acme", &[agent(1, "lunch", &[])]).await;
    stack
        .post_force_logout("acme", &json!({ "agent_ids": [1, 2] }))
        .await;
    let plan = stack.jobs.receive_all().await.pop().unwrap();
    stack.invoke.logout_worker(vec![plan.clone()]).await;
    stack.jobs.delete(&plan).await;
    stack.aws_calls.script(|call| {
        if call.operation == "BatchGetItem" {
            Act::Throttle
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
    assert_eq!(
        (&job["status"], &job["total"], &job["logged_out"]),
        (&json!("in_progress"), &json!(2), &json!(0))
    );
    stack.pass(JOB_DEADLINE + Duration::from_millis(1));
    assert_eq!(stack.get_job("acme", 1).await.json()["status"], "failed");

    stack.aws_calls.script(|_| Act::Forward);
    let dead = stack.jobs.receive_dead_letters().await;
    assert_eq!(dead.len(), 1);
    stack.jobs.send(dead[0].body.as_deref().unwrap()).await;
    drain(&stack).await;
    assert_eq!(
        counts(&stack.get_job("acme", 1).await),
        completed(2, 1, 0, 1)
    );
}

#[tokio::test]
async fn a_message_that_hangs_takes_no_other_with_it() {
    let stack = with_small_limit().await;
    stack
        .post_force_logout("acme", &json!({ "agent_ids": [1, 2] }))
        .await;
    stack
        .post_force_logout("acme", &json!({ "agent_ids": [3, 4] }))
        .await;
    stack
        .invoke
        .logout_worker(stack.jobs.receive_all().await)
        .await;
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
    // Two seconds before the end it is given up, which is a second from now.
    let deadline = stack.clock.now().plus(Duration::from_secs(3));
    let answer = stack.functions.logout_worker.handle(event, deadline).await;
    let failures = answer.batch_item_failures.iter();
    let failed: Vec<_> = failures
        .map(|failure| failure.item_identifier.clone())
        .collect();
    assert_eq!(failed, std::slice::from_ref(&hanging));
    let log = tests::captured_log::text();
    let told = |line: &str| line.contains(&hanging) && line.contains("no time is left");
    assert!(log.lines().any(told));
    stack.aws_calls.script(|_| Act::Forward);
    assert_eq!(
        counts(&stack.get_job("acme", 2).await),
        completed(2, 0, 0, 2)
    );
}

/// The event source of `local`, on a queue whose failed messages are visible again at once.
#[tokio::test]
async fn what_fails_five_times_rests_in_the_dead_letter_queue() {
    let stack = with_small_limit().await;
    let impatient = QueueSettings {
        function_timeout_seconds: 0,
        name: "impatient",
        dead_letter_queue: "impatient-dead",
        ..JOBS_QUEUE
    };
    let queue = TestQueue::create(stack.sqs_address, &impatient).await;
    queue.send("no message").await;
    stack
        .post_force_logout("acme", &json!({ "agent_ids": [1, 2] }))
        .await;
    for good in stack.jobs.receive_all().await {
        queue.send(good.body.as_deref().unwrap()).await;
    }
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let stopped = async { stopped.await.unwrap_or_default() };
    let source = QueuePoller {
        sqs: queue.sqs.clone(),
        queue_url: queue.url.clone(),
        function_timeout: Duration::from_mins(1),
        clock: stack.clock.clone(),
    };
    let app = stack.functions.clone();
    let worker = move |event, deadline| {
        let app = app.clone();
        async move { app.logout_worker.handle(event, deadline).await }
    };
    let feeding = tokio::spawn(source.run(worker, stopped));
    let mut dead = Vec::new();
    for _ in 0..20_000 {
        dead = queue.receive_dead_letters().await;
        if !dead.is_empty() {
            break;
        }
    }
    assert_eq!(dead.len(), 1);
    assert_eq!(dead[0].body.as_deref(), Some("no message"));
    stop.send(()).unwrap();
    feeding.await.unwrap().unwrap();
    // The plan was worked off, and deleted: nothing but the bad message could come again.
    assert!(queue.receive_all().await.is_empty());
    drain(&stack).await;
    assert_eq!(
        counts(&stack.get_job("acme", 1).await),
        completed(2, 0, 0, 2)
    );
}
