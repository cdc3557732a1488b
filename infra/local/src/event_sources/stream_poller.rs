//! Invokes a function with a stream's records, as Lambda's event source mapping does: in order and in batches. A failed batch
//! is tried again from the reported record on. After the maximum number of tries it is skipped, and its position is sent to
//! the dead-letter queue.

use std::convert::Infallible;
use std::time::Duration;

use anyhow::Result;
use aws_lambda_events::dynamodb::{Event, EventRecord};
use aws_lambda_events::streams::DynamoDbEventResponse;
use aws_sdk_sqs::Client;
use domain::timestamp::Timestamp;
use serde_json::json;
use service::clock::Clock;
use service::error_chain::error_chain;
use service::lambda::stream_settings::StreamSettings;
use store::connection::Backoff;
use tokio::time::sleep;
use tracing::warn;

use super::invocation::{WAIT_AFTER_ERROR, invoke};
use super::stream_reader::StreamReader;
use super::stream_report::{NextBatch, next_batch};

/// The time between reads of a shard that has nothing new: four times a second (AWS Lambda Developer Guide, "Using AWS Lambda
/// with Amazon DynamoDB").
const POLL_INTERVAL: Duration = Duration::from_millis(250);

/// The poller of a stream.
pub struct StreamPoller {
    /// The stream.
    pub reader: StreamReader,
    /// The settings of the event source.
    pub settings: StreamSettings,
    /// How long to wait before a batch is tried again.
    pub backoff: Backoff,
    /// The present time.
    pub clock: Clock,
    /// The client for the dead-letter queue.
    pub sqs: Client,
    /// The dead-letter queue.
    pub dead_letter_queue_url: String,
}

impl StreamPoller {
    /// Invokes `function` with batches and their deadlines until `stopped` resolves. A batch that is under way then is dropped;
    /// the stream is read from its beginning when the stack starts again.
    ///
    /// # Errors
    /// None; a stream that cannot be read is tried again.
    pub async fn run<F, Answer>(
        mut self,
        function: F,
        stopped: impl Future<Output = ()> + Send + 'static,
    ) -> Result<()>
    where
        F: Fn(Event, Timestamp) -> Answer + Sync,
        Answer: Future<Output = DynamoDbEventResponse> + Send + 'static,
    {
        tokio::select! {
            () = stopped => Ok(()),
            never = self.read_on(function) => match never {},
        }
    }

    async fn read_on<F, Answer>(&mut self, function: F) -> Infallible
    where
        F: Fn(Event, Timestamp) -> Answer + Sync,
        Answer: Future<Output = DynamoDbEventResponse> + Send + 'static,
    {
        loop {
            match tokio::task::block_in_place(|| self.reader.read()) {
                Ok(Some(records)) => {
                    for batch in records.chunks(self.settings.batch_size) {
                        self.work_off(&function, batch).await;
                    }
                }
                Ok(None) => sleep(POLL_INTERVAL).await,
                Err(refused) => {
                    warn!(error = format!("{refused:#}"), "cannot read the stream");
                    sleep(WAIT_AFTER_ERROR).await;
                }
            }
        }
    }

    /// Invokes the function until all records succeeded, or are skipped.
    async fn work_off<F, Answer>(&self, function: &F, batch: &[EventRecord])
    where
        F: Fn(Event, Timestamp) -> Answer + Sync,
        Answer: Future<Output = DynamoDbEventResponse> + Send + 'static,
    {
        let mut open = batch;
        for retries in 0..=self.settings.max_retry_attempts {
            if retries > 0 {
                self.backoff.pause(retries).await;
            }
            match self.invoke(function, open).await {
                NextBatch::Nothing => return,
                NextBatch::From(position) => open = &open[position..],
                // Each half has its own tries.
                NextBatch::Halves(position) => {
                    let (first, second) = open.split_at(position);
                    Box::pin(self.work_off(function, first)).await;
                    return Box::pin(self.work_off(function, second)).await;
                }
            }
        }
        self.skip(open).await;
    }

    async fn invoke<F, Answer>(&self, function: &F, records: &[EventRecord]) -> NextBatch
    where
        F: Fn(Event, Timestamp) -> Answer,
        Answer: Future<Output = DynamoDbEventResponse> + Send + 'static,
    {
        let mut event = Event::default();
        event.records = records.to_vec();
        let time = Duration::from_secs(self.settings.function_timeout_seconds.into());
        let answer = invoke(function, event, &self.clock, time).await;
        let answer = answer.and_then(|answer| serde_json::to_value(answer).ok());
        let number = |record: &EventRecord| record.change.sequence_number.clone();
        let numbers: Vec<String> = records.iter().filter_map(number).collect();
        let numbers: Vec<&str> = numbers.iter().map(String::as_str).collect();
        next_batch(answer.as_ref(), &numbers, self.settings.bisect_on_error)
    }

    /// Sends the position of the records to the dead-letter queue, as Lambda does.
    async fn skip(&self, records: &[EventRecord]) {
        let number = |record: Option<&EventRecord>| record?.change.sequence_number.clone();
        let body = json!({
            "requestContext": {
                "condition": "RetryAttemptsExhausted",
                "approximateInvokeCount": self.settings.max_retry_attempts + 1,
            },
            "version": "1.0",
            "DDBStreamBatchInfo": {
                "streamArn": self.reader.arn(),
                "shardId": self.reader.shard_id(),
                "startSequenceNumber": number(records.first()),
                "endSequenceNumber": number(records.last()),
                "batchSize": records.len(),
            },
        });
        warn!(
            records = records.len(),
            from = number(records.first()),
            "records of the stream failed too often and are skipped"
        );
        let message = self
            .sqs
            .send_message()
            .queue_url(&self.dead_letter_queue_url);
        if let Err(refused) = message.message_body(body.to_string()).send().await {
            warn!(
                error = error_chain(&refused),
                "cannot send to the dead-letter queue"
            );
        }
    }
}
