//! Hands a stream's records to a function, as Lambda's event source mapping does: in order and in batches; what failed is
//! tried again from the reported record on, and after so many tries given up on, of which a queue is told.

use std::convert::Infallible;
use std::time::Duration;

use anyhow::Result;
use aws_lambda_events::dynamodb::{Event, EventRecord};
use aws_lambda_events::streams::DynamoDbEventResponse;
use aws_sdk_sqs::Client;
use logout::backoff::Backoff;
use logout::event_sources::StreamSettings;
use logout::logging::error_chain;
use logout::timestamp::{Clock, Timestamp};
use serde_json::json;
use tokio::time::sleep;
use tracing::warn;

use crate::invocation::{AFTER_REFUSAL, invoke};
use crate::stream::StreamReader;

/// A shard is polled that often when it has nothing new: four times a second (AWS Lambda Developer Guide, "Using AWS Lambda
/// with Amazon DynamoDB").
const POLL_INTERVAL: Duration = Duration::from_millis(250);

/// A stream that feeds a function.
pub struct StreamSource {
    /// The stream.
    pub reader: StreamReader,
    /// How it feeds the function.
    pub settings: StreamSettings,
    /// How long to wait before a batch is tried again.
    pub backoff: Backoff,
    /// Says when an invocation is over.
    pub clock: Clock,
    /// Where word of what was given up on goes.
    pub sqs: Client,
    /// To this queue.
    pub given_up_url: String,
}

/// What became of an invocation.
enum Invoked {
    /// All is done.
    Done,
    /// The record at that position failed; all before it is done.
    FailedFrom(usize),
    /// It came to no answer, or to none that makes sense.
    Failed,
}

impl StreamSource {
    /// Feeds `function`, which is given a batch and the time by which it has to be done, until `stopped` resolves. A batch
    /// that is under way then is dropped; the stream is read anew when the stack starts again.
    ///
    /// # Errors
    /// None; a stream that cannot be read is tried again.
    pub async fn feed<F, Answer>(
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
                    warn!(error = format!("{refused:#}"), "the stream cannot be read");
                    sleep(AFTER_REFUSAL).await;
                }
            }
        }
    }

    /// Invokes the function until all records are done, or given up on.
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
                Invoked::Done => return,
                Invoked::FailedFrom(position) => open = &open[position..],
                // Each half has tries of its own.
                Invoked::Failed if open.len() > 1 && self.settings.bisect_on_error => {
                    let (first, second) = open.split_at(open.len() / 2);
                    Box::pin(self.work_off(function, first)).await;
                    return Box::pin(self.work_off(function, second)).await;
                }
                Invoked::Failed => {}
            }
        }
        self.give_up(open).await;
    }

    async fn invoke<F, Answer>(&self, function: &F, records: &[EventRecord]) -> Invoked
    where
        F: Fn(Event, Timestamp) -> Answer,
        Answer: Future<Output = DynamoDbEventResponse> + Send + 'static,
    {
        let mut event = Event::default();
        event.records = records.to_vec();
        let time = Duration::from_secs(self.settings.function_timeout_seconds.into());
        let Some(answer) = invoke(function, event, &self.clock, time).await else {
            return Invoked::Failed;
        };
        let position = |failed: &Option<String>| {
            let number = |record: &EventRecord| record.change.sequence_number == *failed;
            records.iter().position(number)
        };
        let failures = answer.batch_item_failures.iter();
        let positions: Option<Vec<usize>> = failures
            .map(|failure| position(&failure.item_identifier))
            .collect();
        match positions.map(|positions| positions.into_iter().min()) {
            Some(None) => Invoked::Done,
            Some(Some(lowest)) => Invoked::FailedFrom(lowest),
            None => Invoked::Failed,
        }
    }

    /// Tells where the records are, as Lambda does; they stay in the stream for as long as it keeps them.
    async fn give_up(&self, records: &[EventRecord]) {
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
            "records of the stream were given up on"
        );
        let message = self.sqs.send_message().queue_url(&self.given_up_url);
        if let Err(refused) = message.message_body(body.to_string()).send().await {
            warn!(error = error_chain(&refused), "nobody can be told of it");
        }
    }
}
