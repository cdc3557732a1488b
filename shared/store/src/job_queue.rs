//! Sending to the queue `jobs`.

use std::error::Error as StdError;

use aws_sdk_sqs::Client;
use aws_sdk_sqs::config::Builder;
use aws_sdk_sqs::types::{BatchResultErrorEntry, SendMessageBatchRequestEntry};
use futures::stream::{self, StreamExt, TryStreamExt};
use thiserror::Error;
use wire::messages::JobMessage;

use crate::connection::{Backoff, retries, timeouts};

/// `SendMessageBatch` takes at most that many messages (Amazon SQS API Reference).
const MAX_BATCH: usize = 10;
/// The maximum number of batches under way: enough to send the 10,000 chunks of a million agents in a few seconds.
const MAX_PARALLEL_BATCHES: usize = 8;
/// Messages that SQS refuses for a transient reason are sent at most that many times.
const MAX_SEND_ATTEMPTS: u32 = 6;

/// The queue `jobs`, for those who send to it.
#[derive(Clone)]
pub struct JobQueue {
    client: Client,
    jobs_url: String,
    backoff: Backoff,
}

/// SQS refused, or did not answer in time.
#[derive(Debug, Error)]
pub enum QueueError {
    /// A whole call failed, after the SDK's retries.
    #[error("SendMessageBatch failed")]
    Call(#[source] Box<dyn StdError + Send + Sync>),
    /// A message was refused for a reason that sending it again does not change.
    #[error("a message was refused: {0}")]
    Refused(String),
    /// Some messages could not be sent.
    #[error("{0} messages were not accepted after {MAX_SEND_ATTEMPTS} attempts")]
    NotAccepted(usize),
}

impl JobQueue {
    /// The queue at `jobs_url`, reached by `config`; time limits and retries are set here.
    #[must_use]
    pub fn new(config: Builder, jobs_url: String, backoff: Backoff) -> Self {
        let config = config
            .timeout_config(timeouts())
            .retry_config(retries(backoff));
        Self {
            client: Client::from_conf(config.build()),
            jobs_url,
            backoff,
        }
    }

    /// Sends every message, in batches of ten; the messages are made as they are needed. The message group is the tenant, so
    /// that SQS shares the workers fairly between tenants, and a large job of one does not delay the jobs of others.
    ///
    /// # Errors
    /// SQS refused; any of the messages may be sent then.
    pub async fn send_all(
        &self,
        messages: impl Iterator<Item = JobMessage>,
    ) -> Result<(), QueueError> {
        let mut messages = messages.peekable();
        let batches = std::iter::from_fn(|| {
            messages.peek()?;
            let batch: Vec<JobMessage> = messages.by_ref().take(MAX_BATCH).collect();
            Some(self.send_batch(batch))
        });
        stream::iter(batches)
            .buffer_unordered(MAX_PARALLEL_BATCHES)
            .try_collect()
            .await
    }

    async fn send_batch(&self, messages: Vec<JobMessage>) -> Result<(), QueueError> {
        let mut entries: Vec<_> = messages.iter().enumerate().map(entry).collect();
        for attempt in 0..MAX_SEND_ATTEMPTS {
            let call = self.client.send_message_batch().queue_url(&self.jobs_url);
            let answer = call.set_entries(Some(entries.clone())).send().await;
            let answer = answer.map_err(|error| QueueError::Call(Box::new(error)))?;
            let failed = answer.failed();
            if let Some(refused) = failed.iter().find(|failed| failed.sender_fault()) {
                return Err(QueueError::Refused(refused.code().to_owned()));
            }
            let has_failed = |entry: &SendMessageBatchRequestEntry| {
                failed
                    .iter()
                    .map(BatchResultErrorEntry::id)
                    .any(|id| id == entry.id())
            };
            entries.retain(has_failed);
            if entries.is_empty() {
                return Ok(());
            }
            self.backoff.pause(attempt).await;
        }
        Err(QueueError::NotAccepted(entries.len()))
    }
}

fn entry((position, message): (usize, &JobMessage)) -> SendMessageBatchRequestEntry {
    SendMessageBatchRequestEntry::builder()
        .id(position.to_string())
        .message_body(message.to_body())
        .message_group_id(message.job().tenant.as_str())
        .build()
        .expect("id and body are set")
}
