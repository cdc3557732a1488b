//! The poller of `local` over the stream: retries, the dead-letter queue, functions that panic.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_lambda_events::dynamodb::{Event, EventRecord};
use aws_lambda_events::streams::{DynamoDbBatchItemFailure, DynamoDbEventResponse};
use domain::timestamp::Timestamp;
use local::event_sources::stream_poller::StreamPoller;
use local::functions::Functions;
use serde_json::Value;
use service::lambda::queue_settings::{JOBS_QUEUE, QueueSettings};
use service::lambda::stream_settings::{AGENTS_STREAM, StreamSettings};
use store::connection::Backoff;
use tests::TestStack;
use tests::test_queue::TestQueue;
use tests::test_stack::sequence_number;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::stream_records::{
    are_offline, end_calls, stack_with_pending_logouts, stack_with_poison_record,
};

/// More looks than any of these tests needs.
const MAX_LOOKS: usize = 20_000;

/// The poller over the stream of a service, with batches of two records and three tries.
struct Polling {
    /// How many records each invocation got.
    batch_sizes: Arc<Mutex<Vec<usize>>>,
    dead_letter_queue: TestQueue,
    stop: oneshot::Sender<()>,
    task: JoinHandle<anyhow::Result<()>>,
}

impl Polling {
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
        let poller = StreamPoller {
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
        let (stop, stopped) = oneshot::channel::<()>();
        let stopped = async { stopped.await.unwrap_or_default() };
        let batch_sizes = Arc::new(Mutex::new(Vec::new()));
        let (functions, sizes) = (stack.functions.clone(), batch_sizes.clone());
        let function = move |event: Event, deadline| {
            sizes.lock().unwrap().push(event.records.len());
            function(functions.clone(), event, deadline)
        };
        let task = tokio::spawn(poller.run(function, stopped));
        Self {
            batch_sizes,
            dead_letter_queue,
            stop,
            task,
        }
    }

    /// Waits for a dead letter, and returns what it says of its batch.
    async fn first_dead_letter(&self) -> Value {
        for _ in 0..MAX_LOOKS {
            if let Some(letter) = self.dead_letter_queue.receive_all().await.pop() {
                let letter: Value = serde_json::from_str(&letter.body.unwrap()).unwrap();
                return letter["DDBStreamBatchInfo"].clone();
            }
        }
        panic!("there is no dead letter");
    }

    /// Stops; returns the sizes of the batches so far. There must be no second dead letter.
    async fn stop(self) -> Vec<usize> {
        self.stop.send(()).unwrap();
        self.task.await.unwrap().unwrap();
        assert!(self.dead_letter_queue.receive_all().await.is_empty());
        let batch_sizes = self.batch_sizes.lock().unwrap();
        batch_sizes.clone()
    }
}

async fn pending_logouts(
    functions: Arc<Functions>,
    event: Event,
    deadline: Timestamp,
) -> DynamoDbEventResponse {
    functions.pending_logouts.handle(event, deadline).await
}

async fn wait_until_offline(stack: &TestStack, agents: u64) {
    for _ in 0..MAX_LOOKS {
        if are_offline(stack, 1..=agents).await {
            return;
        }
    }
    panic!("the agents are not logged out");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_stream_alone_finishes_pending_logouts() {
    let stack = stack_with_pending_logouts(9).await;
    let polling = Polling::start(&stack, pending_logouts).await;
    end_calls(&stack, 1..=9).await;
    wait_until_offline(&stack, 9).await;
    polling.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_record_that_always_fails_becomes_a_dead_letter_and_the_stream_goes_on() {
    let stack = stack_with_poison_record().await;
    let records = stack.records();
    let polling = Polling::start(&stack, pending_logouts).await;
    let batch = polling.first_dead_letter().await;
    assert_eq!(batch["startSequenceNumber"], sequence_number(&records[2]));
    assert_eq!(batch["endSequenceNumber"], sequence_number(&records[3]));
    assert_eq!(batch["batchSize"], 2);
    assert_eq!(batch["shardId"], "shardId-00000001-agents");
    wait_until_offline(&stack, 4).await;
    assert_eq!(polling.stop().await, [2, 2, 2, 2, 1]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_a_panic_the_batch_is_split_until_the_record_is_alone() {
    let stack = stack_with_poison_record().await;
    let poison = sequence_number(&stack.records()[2]);
    let panics = move |functions: Arc<Functions>, event: Event, deadline| {
        let is_poison = |record: &EventRecord| sequence_number(record) == poison;
        let has_poison = event.records.iter().any(is_poison);
        async move {
            assert!(!has_poison, "this record makes the function panic");
            functions.pending_logouts.handle(event, deadline).await
        }
    };
    let polling = Polling::start(&stack, panics).await;
    assert_eq!(polling.first_dead_letter().await["batchSize"], 1);
    wait_until_offline(&stack, 4).await;
    assert_eq!(polling.stop().await, [2, 2, 1, 1, 1, 1, 1]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_report_that_names_no_record_fails_the_whole_batch() {
    let stack = stack_with_pending_logouts(1).await;
    end_calls(&stack, 1..=1).await;
    let names_no_record = |_, _, _| async {
        let mut answer = DynamoDbEventResponse::default();
        answer.batch_item_failures = vec![DynamoDbBatchItemFailure::default()];
        answer
    };
    let polling = Polling::start(&stack, names_no_record).await;
    polling.first_dead_letter().await;
    assert_eq!(polling.stop().await, [1, 1, 1]);
}
