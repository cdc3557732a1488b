//! Sending messages of jobs: plans to the queue `plans`, chunks to the queue `jobs`.

use std::error::Error as StdError;

use aws_sdk_sqs::Client;
use aws_sdk_sqs::config::Builder;
use aws_sdk_sqs::types::{BatchResultErrorEntry, SendMessageBatchRequestEntry};
use futures::stream::{self, StreamExt, TryStreamExt};
use thiserror::Error;
use wire::messages::JobMessage;

use crate::connection::{Backoff, Retries, RetryLimit, is_passing_code, sdk_retries, timeouts};

const OPERATION: &str = "SendMessageBatch";
/// `SendMessageBatch` takes at most that many messages (Amazon SQS API Reference).
const MAX_BATCH: usize = 10;
/// The maximum number of batches under way: enough to send the 10,000 chunks of a million agents in a few seconds.
const MAX_PARALLEL_BATCHES: usize = 8;

/// The queue `plans` or `jobs`, for those who send to it.
#[derive(Clone)]
pub struct JobQueue {
    client: Client,
    url: String,
    retries: Retries,
    is_in_memory: bool,
}

/// SQS refused, or did not answer in time.
#[derive(Debug, Error)]
pub enum QueueError {
    /// A whole call failed, after all retries.
    #[error("SendMessageBatch failed")]
    Call(#[source] Box<dyn StdError + Send + Sync>),
    /// A message was refused for a reason that sending it again does not change.
    #[error("a message was refused: {0}")]
    Refused(String),
    /// Some messages could not be sent.
    #[error("{messages} messages were not accepted after {tries} tries")]
    NotAccepted {
        /// The number of messages.
        messages: usize,
        /// How often they were sent.
        tries: u32,
    },
}

impl JobQueue {
    /// The queue at `url`, reached by `config`; time limits and retries are set here.
    #[must_use]
    pub fn new(config: Builder, url: String, backoff: Backoff) -> Self {
        let config = config
            .timeout_config(timeouts())
            .retry_config(sdk_retries(backoff));
        Self {
            client: Client::from_conf(config.build()),
            url,
            retries: Retries {
                backoff,
                limit: RetryLimit::WhileCallerWaits,
            },
            is_in_memory: false,
        }
    }

    /// The same, for a function that is not waited for, if `limit` is [`RetryLimit::UntilDeadline`]. Without it, what fails for a
    /// passing reason is tried again for about a second.
    #[must_use]
    pub fn with_retry_limit(mut self, limit: RetryLimit) -> Self {
        self.retries.limit = limit;
        self
    }

    /// The same queue, whose messages are lost when the process of the queue ends: a sent message promises nothing.
    #[must_use]
    pub fn in_memory(self) -> Self {
        Self {
            is_in_memory: true,
            ..self
        }
    }

    /// Whether messages are lost when the process of the queue ends.
    #[must_use]
    pub fn is_in_memory(&self) -> bool {
        self.is_in_memory
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
        let mut tries = self.retries.tries();
        loop {
            let call = self.client.send_message_batch().queue_url(&self.url);
            let call = call.set_entries(Some(entries.clone()));
            let answer = self.retries.call(OPERATION, || call.clone().send()).await;
            let answer = answer.map_err(|error| QueueError::Call(Box::new(error)))?;
            let failed = answer.failed();
            if let Some(refused) = failed.iter().find(|failed| is_refused(failed)) {
                return Err(QueueError::Refused(refused.code().to_owned()));
            }
            let has_failed = |entry: &SendMessageBatchRequestEntry| {
                failed
                    .iter()
                    .map(BatchResultErrorEntry::id)
                    .any(|id| id == entry.id())
            };
            entries.retain(has_failed);
            let Some(failed) = failed.first() else {
                return Ok(());
            };
            if !tries.again(OPERATION, failed.code()).await {
                let (messages, tries) = (entries.len(), tries.failed());
                return Err(QueueError::NotAccepted { messages, tries });
            }
        }
    }
}

/// True if the sender is at fault: sending it again changes nothing. Keys that throttle count as the sender's fault too.
fn is_refused(failed: &BatchResultErrorEntry) -> bool {
    failed.sender_fault() && !is_passing_code(failed.code())
}

fn entry((position, message): (usize, &JobMessage)) -> SendMessageBatchRequestEntry {
    SendMessageBatchRequestEntry::builder()
        .id(position.to_string())
        .message_body(message.to_body())
        .message_group_id(message.job().tenant.as_str())
        .build()
        .expect("id and body are set")
}
