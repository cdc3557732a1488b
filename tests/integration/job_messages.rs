//! Messages of jobs: grouped, sent again, refused, out of time, dead and redriven.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_lambda_events::sqs::{SqsEvent, SqsMessage};
use logout::job::DEADLINE;
use logout::message::Message;
use logout::timestamp::Timestamp;
use serde_json::json;
use tests::worker_queue::{deliver, parse};
use tests::{Act, agent};

use crate::jobs::{completed, counts, drain, with_small_limit};

#[tokio::test]
async fn messages_carry_their_tenant_as_group() {
    let stack = with_small_limit().await;
    let groups = Arc::new(Mutex::new(Vec::new()));
    let seen = groups.clone();
    stack.tap.script(move |call| {
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
    stack.tap.once(
        "SendMessageBatch",
        0,
        Act::EditReply(|reply| {
            let sent = reply["Successful"].as_array_mut().unwrap().pop().unwrap();
            reply["Failed"] =
                json!([{ "Id": sent["Id"], "Code": "InternalError", "SenderFault": false }]);
        }),
    );
    assert!(deliver(&stack.app, &stack.tap, plan).await.is_empty());
    // One of them came twice, as its first answer said that it had not come.
    assert_eq!(stack.jobs.receive_all().await.len(), 16);
}

#[tokio::test]
async fn a_message_that_sqs_refuses_for_good_fails_the_plan() {
    let stack = with_small_limit().await;
    stack
        .post_force_logout("acme", &json!({ "agent_ids": [1, 2] }))
        .await;
    let plan = stack.jobs.receive_all().await;
    stack.tap.once(
        "SendMessageBatch",
        0,
        Act::EditReply(|reply| {
            let sent = reply["Successful"].as_array_mut().unwrap().pop().unwrap();
            reply["Failed"] = json!([{ "Id": sent["Id"], "Code": "InvalidMessageContents", "SenderFault": true }]);
        }),
    );
    assert_eq!(deliver(&stack.app, &stack.tap, plan).await.len(), 1);
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
    deliver(&stack.app, &stack.tap, stack.jobs.receive_all().await).await;
    let good = stack.jobs.receive_all().await.pop().unwrap();
    let body = good.body.clone().unwrap();
    let other_plan = {
        let Message::Chunk(chunk) = parse(&good) else {
            panic!("a chunk")
        };
        body.replace(&chunk.plan_id, "another-plan")
    };
    let batch = vec![
        message("no-json", "canary{"),
        message("no-message", r#"{"v":1,"kind":"canary"}"#),
        message("version", &body.replace(r#""v":1"#, r#""v":2"#)),
        message("no-job", &body.replace(r#""job_id":1"#, r#""job_id":77"#)),
        message("no-chunk", &body.replace(r#""chunk":1"#, r#""chunk":2"#)),
        message("no-plan", &other_plan),
        good,
    ];
    let mut failed = deliver(&stack.app, &stack.tap, batch).await;
    failed.sort();
    assert_eq!(
        failed,
        [
            "no-chunk",
            "no-job",
            "no-json",
            "no-message",
            "no-plan",
            "version"
        ]
    );
    assert_eq!(
        counts(&stack.get_job("acme", 1).await),
        completed(2, 0, 0, 2)
    );
    let log = tests::log::text();
    for (id, why) in [
        ("no-json", "not JSON at line 1"),
        ("version", "a message of version 2"),
        ("no-job", "the job is gone"),
    ] {
        assert!(
            log.lines()
                .any(|line| line.contains(id) && line.contains(why)),
            "{id}"
        );
    }
    assert!(!log.contains("canary{"));
}

#[tokio::test]
async fn messages_of_an_expired_job_fail_and_touch_nobody() {
    let stack = with_small_limit().await;
    stack.add("acme", &[agent(1, "lunch", &[])]).await;
    stack
        .post_force_logout("acme", &json!({ "agent_ids": [1, 2] }))
        .await;
    let plan = stack.jobs.receive_all().await;
    deliver(&stack.app, &stack.tap, plan.clone()).await;
    let chunk = stack.jobs.receive_all().await;
    stack.pass(Duration::from_hours(24 * 30));
    assert_eq!(deliver(&stack.app, &stack.tap, plan).await.len(), 1);
    assert_eq!(deliver(&stack.app, &stack.tap, chunk).await.len(), 1);
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
    let _ = stack.tap.take_meter();
    let deadline: Timestamp = stack.app.clock.now().plus(Duration::from_secs(1));
    let answer = logout_worker::handle(&stack.app, event, deadline).await;
    assert_eq!(answer.batch_item_failures.len(), 1);
    assert!(stack.tap.take_meter().calls.is_empty());
}

#[tokio::test]
async fn a_job_that_cannot_finish_reads_failed_and_completes_after_a_redrive() {
    let stack = with_small_limit().await;
    stack.add("acme", &[agent(1, "lunch", &[])]).await;
    stack
        .post_force_logout("acme", &json!({ "agent_ids": [1, 2] }))
        .await;
    deliver(&stack.app, &stack.tap, stack.jobs.receive_all().await).await;
    stack.tap.script(|call| {
        if call.operation == "BatchGetItem" {
            Act::Throttle
        } else {
            Act::Forward
        }
    });
    // The plan is not deleted, so it comes again each time too.
    for _ in 0..5 {
        for message in stack.jobs.receive_all().await {
            deliver(&stack.app, &stack.tap, vec![message.clone()]).await;
            stack.jobs.make_visible(&message).await;
        }
    }
    assert!(
        stack
            .jobs
            .receive_all()
            .await
            .iter()
            .all(|message| matches!(parse(message), Message::Chunk(_)))
    );
    let job = stack.get_job("acme", 1).await.json();
    assert_eq!(
        (&job["status"], &job["total"], &job["logged_out"]),
        (&json!("in_progress"), &json!(2), &json!(0))
    );
    stack.pass(DEADLINE + Duration::from_millis(1));
    assert_eq!(stack.get_job("acme", 1).await.json()["status"], "failed");

    stack.tap.script(|_| Act::Forward);
    let dead = stack.jobs.receive_dead_letters().await;
    assert!(!dead.is_empty());
    for message in dead {
        stack.jobs.send(message.body.as_deref().unwrap()).await;
    }
    drain(&stack).await;
    assert_eq!(
        counts(&stack.get_job("acme", 1).await),
        completed(2, 1, 0, 1)
    );
}
