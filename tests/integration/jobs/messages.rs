//! The messages of a job: how they are sent, and which of them cannot be read.

use std::sync::{Arc, Mutex};

use aws_lambda_events::sqs::SqsMessage;
use serde_json::{Value, json};
use tests::captured_log::{self, assert_logged};
use tests::test_queue::{message, parse};
use tests::{Act, TestStack};
use wire::messages::JobMessage;

#[tokio::test]
async fn messages_carry_their_tenant_as_group() {
    let stack = TestStack::start_with_jobs_only().await;
    let groups = Arc::new(Mutex::new(Vec::new()));
    let seen = groups.clone();
    stack.aws_calls.script(move |call| {
        if call.operation == "SendMessageBatch" {
            for entry in call.body["Entries"].as_array().unwrap() {
                let group = entry["MessageGroupId"].as_str().unwrap();
                seen.lock().unwrap().push(group.to_owned());
            }
        }
        Act::Forward
    });
    let body = json!({ "agent_ids": [1, 2] });
    stack.run_job("globex", &body).await;
    assert_eq!(*groups.lock().unwrap(), ["globex", "globex"]);
}

/// Makes SQS report that it refused the last message of a batch, although it accepted the message.
fn report_refusal(code: &'static str, is_sender_fault: bool) -> Act {
    Act::EditReply(Box::new(move |reply| {
        let sent = reply["Successful"].as_array_mut().unwrap().pop().unwrap();
        let failed = json!({ "Id": sent["Id"], "Code": code, "SenderFault": is_sender_fault });
        reply["Failed"] = Value::Array(vec![failed]);
    }))
}

#[tokio::test]
async fn messages_that_are_refused_in_part_are_sent_again() {
    let stack = TestStack::start_with_jobs_only().await;
    let ids: Vec<u64> = (1..=1_500).collect();
    let body = json!({ "agent_ids": ids });
    stack.post_force_logout("acme", &body).await;
    let refusal = report_refusal("InternalError", false);
    stack.aws_calls.once("SendMessageBatch", 0, refusal);
    assert!(stack.deliver_plans().await.is_empty());
    // 16 chunks; one of them was sent twice, as SQS reported that it had refused it.
    assert_eq!(stack.jobs.receive_all().await.len(), 17);
    stack.leaves_messages();
}

#[tokio::test]
async fn a_message_that_sqs_rejects_fails_the_plan() {
    let stack = TestStack::start_with_jobs_only().await;
    let body = json!({ "agent_ids": [1, 2] });
    stack.post_force_logout("acme", &body).await;
    let refusal = report_refusal("InvalidMessageContents", true);
    stack.aws_calls.once("SendMessageBatch", 0, refusal);
    assert_eq!(stack.deliver_plans().await.len(), 1);
    stack.leaves_messages();
}

/// Messages that cannot be processed, made from a chunk of the agents 1 and 2.
fn bad_messages(good: &SqsMessage) -> Vec<SqsMessage> {
    let JobMessage::Chunk(chunk) = parse(good) else {
        panic!("a chunk")
    };
    let body = good.body.as_deref().unwrap();
    let replaced = |from: &str, to: &str| body.replace(from, to);
    let bad_plan = replaced(
        r#""kind":"chunk""#,
        r#""kind":"plan","selection":{"ip_ranges":["canary"]}"#,
    );
    let bad_plan = bad_plan.replace(r#""job_id":1"#, r#""job_id":9"#);
    vec![
        message("no-json", "canary{"),
        message("no-message", r#"{"v":1,"kind":"canary"}"#),
        message("version", &replaced(r#""v":1"#, r#""v":2"#)),
        message("no-job", &replaced(r#""job_id":1"#, r#""job_id":77"#)),
        message("no-chunk", &replaced(r#""chunk":1"#, r#""chunk":2"#)),
        message("no-plan", &replaced(&chunk.plan_id, "another-plan")),
        message(
            "too-few",
            &replaced(r#""agent_ids":[1,2]"#, r#""agent_ids":[1]"#),
        ),
        message("bad-range", &bad_plan),
    ]
}

#[tokio::test]
async fn bad_messages_fail_alone_and_the_others_are_processed() {
    let stack = TestStack::start_with_jobs_only().await;
    let body = json!({ "agent_ids": [1, 2] });
    stack.post_force_logout("acme", &body).await;
    stack.deliver_plans().await;
    let good = stack.jobs.receive_all().await.pop().unwrap();
    let mut batch = bad_messages(&good);
    let mut expected: Vec<_> = batch
        .iter()
        .filter_map(|bad| bad.message_id.clone())
        .collect();
    batch.push(good);
    let mut failed = stack.invoke.logout_worker(batch).await;
    failed.sort();
    expected.sort();
    assert_eq!((failed.len(), failed), (8, expected));
    let counts = stack.completed_job("acme", 1).await;
    assert_eq!(counts, "0 logged out, 0 deferred, 2 skipped");
    for (id, reason) in [
        ("no-json", "not JSON at line 1"),
        ("version", "of version 2; only 1 is known"),
        ("no-job", "the job is gone"),
        (
            "bad-range",
            "selection.ip_ranges: expected ranges first-last",
        ),
        ("no-message", "kind: expected plan or chunk"),
        ("\"version\"", "\"tenant\":\"acme\",\"job\":1,"),
        ("bad-range", "\"tenant\":\"acme\",\"job\":9,"),
    ] {
        assert_logged(&[id, reason]);
    }
    let log = captured_log::text();
    assert!(!log.contains("canary{") && !log.contains("\"canary\""));
}
