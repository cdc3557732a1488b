//! The stream of the agents table: pending logouts of agents whose table others write, and what becomes of bad records.

use std::collections::HashMap;
use std::ops::RangeInclusive;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_lambda_events::dynamodb::{Event, EventRecord};
use aws_lambda_events::streams::{DynamoDbBatchItemFailure, DynamoDbEventResponse};
use aws_sdk_dynamodb::types::AttributeValue;
use domain::timestamp::Timestamp;
use local::event_sources::stream_poller::StreamPoller;
use local::functions::Functions;
use serde_json::{Value, json};
use service::lambda::queue_settings::{JOBS_QUEUE, QueueSettings};
use service::lambda::stream_settings::{AGENTS_STREAM, StreamSettings};
use store::connection::Backoff;
use tests::test_queue::TestQueue;
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
    stack.invoke.pending_logouts(records.to_vec()).await
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
    let _ = stack.aws_calls.take_meter();
    let records = records(&stack);
    assert_eq!(deliver(&stack, &records).await, None);
    let calls = stack.aws_calls.take_meter().calls;
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

/// Agents 1 to 4, whose calls have ended; before the third's, a record that shows nobody.
async fn with_poison() -> TestStack {
    let stack = with_pending(4).await;
    for agent_id in [1, 2] {
        stack.set_status("acme", agent_id, "Break").await;
    }
    let text = |text: &str| AttributeValue::S(text.to_owned());
    let session = AttributeValue::N("1".to_owned());
    let mark = HashMap::from([("online_since".to_owned(), session)]);
    let put = stack.dynamodb.put_item().table_name("agents");
    put.item("agent_key", text("nobody"))
        .item("agent_status", text("Break"))
        .item("pending_logout", AttributeValue::M(mark))
        .send()
        .await
        .unwrap();
    for agent_id in [3, 4] {
        stack.set_status("acme", agent_id, "Break").await;
    }
    stack
}

async fn are_offline(stack: &TestStack, agent_ids: RangeInclusive<u64>) -> bool {
    for agent_id in agent_ids {
        if stack.status("acme", agent_id).await != "Offline" {
            return false;
        }
    }
    true
}

#[tokio::test]
async fn of_a_poisoned_batch_the_rest_is_done_and_the_checkpoint_is_right() {
    let stack = with_poison().await;
    let batch = records(&stack);
    assert_eq!(batch.len(), 5);
    assert_eq!(deliver(&stack, &batch).await, number(&batch[2]));
    assert!(are_offline(&stack, 1..=4).await);
    let log = tests::captured_log::text();
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
    stack.aws_calls.script(|call| {
        let body = call.body.to_string();
        if body.contains("acme#2\"") || body.contains("acme#4\"") {
            Act::Throttle
        } else {
            Act::Forward
        }
    });
    assert_eq!(deliver(&stack, &batch).await, number(&batch[1]));
    stack.aws_calls.script(|_| Act::Forward);
    assert_eq!(deliver(&stack, &batch[1..]).await, None);
    assert!(are_offline(&stack, 1..=4).await);
}

#[tokio::test]
async fn a_record_that_hangs_takes_no_other_with_it() {
    let stack = with_pending(2).await;
    for agent_id in [1, 2] {
        stack.set_status("acme", agent_id, "Break").await;
    }
    stack.aws_calls.script(|call| {
        if call.body.to_string().contains("acme#1\"") {
            Act::After(Box::pin(std::future::pending()))
        } else {
            Act::Forward
        }
    });
    let mut event = Event::default();
    event.records = records(&stack);
    let hanging = number(&event.records[0]);
    // Two seconds before the end it is given up, which is a second from now.
    let deadline = stack.clock.now().plus(Duration::from_secs(3));
    let answer = stack
        .functions
        .pending_logouts
        .handle(event, deadline)
        .await;
    assert_eq!(answer.batch_item_failures[0].item_identifier, hanging);
    let (log, hanging) = (tests::captured_log::text(), hanging.unwrap());
    let told = |line: &str| line.contains(&hanging) && line.contains("no time is left");
    assert!(log.lines().any(told));
    assert_eq!(stack.status("acme", 2).await, "Offline");
}

/// The event source of `local` over the stream of a service, with batches of two and three tries.
struct Source {
    /// How many records each invocation got.
    batches: Arc<Mutex<Vec<usize>>>,
    /// Is told of what is given up on.
    dead_letter_queue: TestQueue,
    stop: tokio::sync::oneshot::Sender<()>,
    feeding: tokio::task::JoinHandle<anyhow::Result<()>>,
}

impl Source {
    async fn start<Answer>(
        stack: &TestStack,
        function: impl Fn(Arc<Functions>, Event, Timestamp) -> Answer + Send + Sync + 'static,
    ) -> Self
    where
        Answer: Future<Output = DynamoDbEventResponse> + Send + 'static,
    {
        let queue = QueueSettings {
            name: AGENTS_STREAM.dead_letter_queue,
            dead_letter_queue: "unused",
            ..JOBS_QUEUE
        };
        let dead_letter_queue = TestQueue::create(stack.sqs_address, &queue).await;
        let source = StreamPoller {
            reader: stack.stream(),
            settings: StreamSettings {
                batch_size: 2,
                max_retry_attempts: 2,
                ..AGENTS_STREAM
            },
            backoff: Backoff::from_base(Duration::from_millis(1)),
            clock: stack.clock.clone(),
            sqs: dead_letter_queue.sqs.clone(),
            dead_letter_queue_url: dead_letter_queue.url.clone(),
        };
        let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
        let stopped = async { stopped.await.unwrap_or_default() };
        let batches = Arc::new(Mutex::new(Vec::new()));
        let (functions, sizes) = (stack.functions.clone(), batches.clone());
        let function = move |event: Event, deadline| {
            sizes.lock().unwrap().push(event.records.len());
            function(functions.clone(), event, deadline)
        };
        let feeding = tokio::spawn(source.run(function, stopped));
        Self {
            batches,
            dead_letter_queue,
            stop,
            feeding,
        }
    }

    /// The first word of what was given up on.
    async fn told(&self) -> Value {
        for _ in 0..20_000 {
            if let Some(told) = self.dead_letter_queue.receive_all().await.pop() {
                return serde_json::from_str(&told.body.unwrap()).unwrap();
            }
        }
        panic!("nothing is given up on");
    }

    /// The sizes of the batches until then; nothing else was given up on.
    async fn stop(self) -> Vec<usize> {
        self.stop.send(()).unwrap();
        self.feeding.await.unwrap().unwrap();
        assert!(self.dead_letter_queue.receive_all().await.is_empty());
        let batches = self.batches.lock().unwrap();
        batches.clone()
    }
}

async fn real(
    functions: Arc<Functions>,
    event: Event,
    deadline: Timestamp,
) -> DynamoDbEventResponse {
    functions.pending_logouts.handle(event, deadline).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_stream_alone_finishes_what_is_pending() {
    let stack = with_pending(9).await;
    let source = Source::start(&stack, real).await;
    for agent_id in 1..=9 {
        stack.set_status("acme", agent_id, "Break").await;
    }
    for round in 0.. {
        if are_offline(&stack, 1..=9).await {
            break;
        }
        assert!(round < 20_000, "the stream does not get there");
    }
    source.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_record_that_never_succeeds_is_given_up_on_and_the_stream_goes_on() {
    let stack = with_poison().await;
    let batch = records(&stack);
    let source = Source::start(&stack, real).await;
    let told = source.told().await;
    let info = &told["DDBStreamBatchInfo"];
    assert_eq!(info["startSequenceNumber"], json!(number(&batch[2])));
    assert_eq!(info["endSequenceNumber"], json!(number(&batch[3])));
    assert_eq!(info["batchSize"], 2);
    assert_eq!(info["shardId"], "shardId-00000001-agents");
    while !are_offline(&stack, 1..=4).await {}
    assert_eq!(source.stop().await, [2, 2, 2, 2, 1]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_function_that_panics_over_one_record_gets_the_others_without_it() {
    let stack = with_poison().await;
    let poison = number(&records(&stack)[2]);
    let panics = move |functions: Arc<Functions>, event: Event, deadline| {
        let poison = poison.clone();
        async move {
            let poisoned = event.records.iter().any(|record| number(record) == poison);
            assert!(!poisoned, "this record makes it panic");
            functions.pending_logouts.handle(event, deadline).await
        }
    };
    let source = Source::start(&stack, panics).await;
    assert_eq!(source.told().await["DDBStreamBatchInfo"]["batchSize"], 1);
    while !are_offline(&stack, 1..=4).await {}
    assert_eq!(source.stop().await, [2, 2, 1, 1, 1, 1, 1]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_report_of_no_record_of_the_batch_fails_all_of_it() {
    let stack = with_pending(1).await;
    stack.set_status("acme", 1, "Break").await;
    let nonsense = |_, _, _| async {
        let mut answer = DynamoDbEventResponse::default();
        answer.batch_item_failures = vec![DynamoDbBatchItemFailure::default()];
        answer
    };
    let source = Source::start(&stack, nonsense).await;
    source.told().await;
    assert_eq!(source.stop().await, [1, 1, 1]);
}
