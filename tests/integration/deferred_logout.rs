//! The stream of the agents table: pending logouts of agents whose table others write, and what becomes of bad records.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use aws_lambda_events::dynamodb::{Event, EventRecord};
use aws_lambda_events::streams::{DynamoDbBatchItemFailure, DynamoDbEventResponse};
use aws_sdk_dynamodb::types::AttributeValue;
use local::stream_source::StreamSource;
use logout::backoff::Backoff;
use logout::event_sources::{AGENTS_STREAM, JOBS, QueueSettings, StreamSettings};
use serde_json::{Value, json};
use tests::deliver::to_deferred_logout;
use tests::queue::TestQueue;
use tests::{Act, TestStack, agent};

/// A service with so many agents on a call, from id 1 on, for each of whom a logout is pending.
async fn with_pending(agents: u64) -> TestStack {
    let stack = TestStack::start().await;
    let on_a_call: Vec<_> = (1..=agents).map(|id| agent(id, "In-call", &[])).collect();
    stack.add("acme", &on_a_call).await;
    let ids: Vec<u64> = (1..=agents).collect();
    let body = json!({ "agent_ids": ids });
    assert_eq!(stack.post_force_logout("acme", &body).await.status, 400);
    stack
}

/// Everything in the stream.
fn records(stack: &TestStack) -> Vec<EventRecord> {
    let mut stream = stack.stream();
    let mut all = Vec::new();
    while let Some(records) = stream.read().unwrap() {
        all.extend(records);
    }
    all
}

async fn deliver(stack: &TestStack, records: &[EventRecord]) -> Option<String> {
    to_deferred_logout(&stack.app, &stack.tap, records.to_vec()).await
}

fn number(record: &EventRecord) -> Option<String> {
    record.change.sequence_number.clone()
}

#[tokio::test]
async fn a_call_that_a_plain_write_ends_is_followed_by_the_logout() {
    let stack = with_pending(1).await;
    assert!(records(&stack).is_empty(), "busy agents pass no filter");
    let request = stack.state("acme", 1).await["pending"].clone();
    stack.set_status("acme", 1, "Break").await;
    let _ = stack.tap.take_meter();
    let records = records(&stack);
    assert_eq!(deliver(&stack, &records).await, None);
    let calls = stack.tap.take_meter().calls;
    assert_eq!(calls.len(), 1, "a write, and no read");
    let state = stack.state("acme", 1).await;
    assert_eq!(
        (&state["status"], &state["last"]),
        (&json!("Offline"), &request)
    );
    assert!(state["pending"].is_null());
}

#[tokio::test]
async fn records_twice_late_and_out_of_order_do_no_more_than_once() {
    let stack = with_pending(3).await;
    for agent_id in [1, 2, 3] {
        stack.set_status("acme", agent_id, "Break").await;
    }
    // One takes the next call before the record arrives, one signs in anew.
    stack.set_status("acme", 2, "In-chat").await;
    stack.sign_in_again("acme", 3).await;
    let mut late = records(&stack);
    late.reverse();
    for _ in 0..2 {
        assert_eq!(deliver(&stack, &late).await, None);
        let states = stack.states("acme").await;
        assert_eq!(states[&1]["status"], "Offline");
        assert_eq!(states[&2]["status"], "In-chat");
        assert!(states[&2]["pending"].is_string());
        assert_eq!(
            (&states[&3]["status"], &states[&3]["pending"]),
            (&json!("Break"), &Value::Null)
        );
        assert!(states[&3]["last"].is_null());
    }
    // Signed in once more by themselves: the old records are nothing to that session.
    stack.set_status("acme", 1, "Available").await;
    assert_eq!(deliver(&stack, &late).await, None);
    assert_eq!(stack.status("acme", 1).await, "Available");
}

#[tokio::test]
async fn a_mark_that_was_taken_back_is_not_acted_upon() {
    let stack = with_pending(1).await;
    stack.set_status("acme", 1, "Break").await;
    let late = records(&stack);
    let call = stack.dynamodb.update_item().table_name("agents");
    call.key("agent_key", AttributeValue::S("acme#1".to_owned()))
        .update_expression("REMOVE pending_logout")
        .send()
        .await
        .unwrap();
    assert_eq!(deliver(&stack, &late).await, None);
    assert_eq!(stack.status("acme", 1).await, "Break");
}

#[tokio::test]
async fn a_deleted_agent_is_no_failure() {
    let stack = with_pending(1).await;
    stack.set_status("acme", 1, "Break").await;
    let mut late = records(&stack);
    let delete = stack.dynamodb.delete_item().table_name("agents");
    let key = AttributeValue::S("acme#1".to_owned());
    delete.key("agent_key", key).send().await.unwrap();
    let mut deletion = EventRecord::default();
    deletion.event_name = "REMOVE".to_owned();
    late.push(deletion);
    assert_eq!(deliver(&stack, &late).await, None);
    assert!(stack.states("acme").await.is_empty());
}

/// Agents 1 to 5, whose calls have ended; the record of the third shows nobody.
async fn with_poisoned_record() -> (TestStack, Vec<EventRecord>) {
    let stack = with_pending(5).await;
    for agent_id in 1..=5 {
        stack.set_status("acme", agent_id, "Break").await;
    }
    let mut batch = records(&stack);
    let mut image: HashMap<String, AttributeValue> = batch[2].change.new_image.clone().into();
    image.insert(
        "agent_key".to_owned(),
        AttributeValue::S("nobody".to_owned()),
    );
    batch[2].change.new_image = image.into();
    (stack, batch)
}

async fn assert_all_but_the_third_are_out(stack: &TestStack) {
    for agent_id in 1..=5 {
        let expected = if agent_id == 3 { "Break" } else { "Offline" };
        assert_eq!(stack.status("acme", agent_id).await, expected);
    }
}

#[tokio::test]
async fn of_a_poisoned_batch_the_rest_is_done_and_the_checkpoint_is_right() {
    let (stack, batch) = with_poisoned_record().await;
    assert_eq!(deliver(&stack, &batch).await, number(&batch[2]));
    assert_all_but_the_third_are_out(&stack).await;
    let log = tests::log::text();
    let sequence_number = number(&batch[2]).unwrap();
    let told = |line: &str| line.contains(&sequence_number) && line.contains("unreadable");
    assert!(log.lines().any(told));
}

#[tokio::test]
async fn of_two_that_failed_the_first_is_the_checkpoint() {
    let stack = with_pending(4).await;
    for agent_id in 1..=4 {
        stack.set_status("acme", agent_id, "Break").await;
    }
    let batch = records(&stack);
    stack.tap.script(|call| {
        let body = call.body.to_string();
        if body.contains("acme#2\"") || body.contains("acme#4\"") {
            Act::Throttle
        } else {
            Act::Forward
        }
    });
    assert_eq!(deliver(&stack, &batch).await, number(&batch[1]));
    stack.tap.script(|_| Act::Forward);
    assert_eq!(deliver(&stack, &batch[1..]).await, None);
    let states = stack.states("acme").await;
    assert!(states.values().all(|state| state["status"] == "Offline"));
}

/// The event source of `local` over the stream of a service, and the queue that is told of what it gives up on.
async fn source(stack: &TestStack, max_retry_attempts: u32) -> (StreamSource, TestQueue) {
    let queue = QueueSettings {
        name: AGENTS_STREAM.given_up,
        dead_letters: "unused",
        ..JOBS
    };
    let queue = TestQueue::create(stack.sqs_address, &queue).await;
    let source = StreamSource {
        reader: stack.stream(),
        settings: StreamSettings {
            max_retry_attempts,
            ..AGENTS_STREAM
        },
        backoff: Backoff::from_base(Duration::from_millis(1)),
        clock: stack.app.clock.clone(),
        sqs: queue.sqs.clone(),
        given_up_url: queue.url.clone(),
    };
    (source, queue)
}

#[tokio::test]
async fn a_record_that_never_succeeds_is_given_up_on_and_told_of() {
    let (stack, batch) = with_poisoned_record().await;
    let (source, given_up) = source(&stack, 3).await;
    let app = stack.app.clone();
    let invocations = Arc::new(AtomicUsize::new(0));
    let counted = invocations.clone();
    let function = move |event: Event, deadline| {
        counted.fetch_add(1, Ordering::SeqCst);
        let app = app.clone();
        async move { deferred_logout::handle(&app, event, deadline).await }
    };
    source.work_off(&function, &batch).await.unwrap();
    assert_eq!(invocations.load(Ordering::SeqCst), 4);
    assert_all_but_the_third_are_out(&stack).await;
    let told = given_up.receive_all().await;
    assert_eq!(told.len(), 1);
    let told: Value = serde_json::from_str(told[0].body.as_ref().unwrap()).unwrap();
    let info = &told["DDBStreamBatchInfo"];
    assert_eq!(info["startSequenceNumber"], json!(number(&batch[2])));
    assert_eq!(info["endSequenceNumber"], json!(number(&batch[4])));
    assert_eq!(
        (&info["batchSize"], &info["shardId"]),
        (&json!(3), &json!("shardId-00000001-agents"))
    );
}

#[tokio::test]
async fn a_function_that_panics_over_one_record_gets_the_others_without_it() {
    let (stack, batch) = with_poisoned_record().await;
    let (source, given_up) = source(&stack, 1).await;
    let poison = number(&batch[2]);
    let app = stack.app.clone();
    let function = move |event: Event, deadline| {
        let (app, poison) = (app.clone(), poison.clone());
        async move {
            let poisoned = event.records.iter().any(|record| number(record) == poison);
            assert!(!poisoned, "this record makes it panic");
            deferred_logout::handle(&app, event, deadline).await
        }
    };
    source.work_off(&function, &batch).await.unwrap();
    assert_all_but_the_third_are_out(&stack).await;
    assert_eq!(given_up.receive_all().await.len(), 1);
}

#[tokio::test]
async fn a_report_of_no_record_of_the_batch_fails_all_of_it() {
    let stack = with_pending(1).await;
    stack.set_status("acme", 1, "Break").await;
    let batch = records(&stack);
    let (source, given_up) = source(&stack, 2).await;
    let invocations = Arc::new(AtomicUsize::new(0));
    let counted = invocations.clone();
    let function = move |_: Event, _| {
        counted.fetch_add(1, Ordering::SeqCst);
        let mut answer = DynamoDbEventResponse::default();
        answer.batch_item_failures = vec![DynamoDbBatchItemFailure::default()];
        async move { answer }
    };
    source.work_off(&function, &batch).await.unwrap();
    assert_eq!(invocations.load(Ordering::SeqCst), 3);
    assert_eq!(given_up.receive_all().await.len(), 1);
}

/// The event source of `local`, from the oldest record on.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_stream_alone_finishes_what_is_pending() {
    let stack = with_pending(100).await;
    let (source, given_up) = source(&stack, 1).await;
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let app = stack.app.clone();
    let function = move |event, deadline| {
        let app = app.clone();
        async move { deferred_logout::handle(&app, event, deadline).await }
    };
    let stopped = async { stopped.await.unwrap_or_default() };
    let feeding = tokio::spawn(source.feed(function, stopped));
    for agent_id in 1..=100 {
        stack.set_status("acme", agent_id, "Break").await;
    }
    for round in 0.. {
        let states = stack.states("acme").await;
        if states.values().all(|state| state["status"] == "Offline") {
            break;
        }
        assert!(round < 20_000, "the stream does not get there");
    }
    stop.send(()).unwrap();
    feeding.await.unwrap().unwrap();
    assert!(given_up.receive_all().await.is_empty());
}
