//! The queue of jobs. Only this module knows SQS.

use std::error::Error as StdError;

use aws_sdk_sqs::Client;
use aws_sdk_sqs::config::Builder;
use aws_sdk_sqs::types::{BatchResultErrorEntry, SendMessageBatchRequestEntry};
use thiserror::Error;

use crate::aws;
use crate::backoff::Backoff;
use crate::bounded;
use crate::message::Message;

/// `SendMessageBatch` takes at most that many messages (Amazon SQS API Reference).
pub const MAX_BATCH: usize = 10;
/// So many batches are under way at once: enough to send the 10,000 chunks of a million agents in a few seconds.
pub const MAX_PARALLEL_BATCHES: usize = 8;
/// Messages that SQS refuses for a passing reason are sent at most that many times.
const MAX_SEND_ATTEMPTS: u32 = 6;

/// Where messages are sent.
#[derive(Clone)]
pub struct Queue {
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
    #[error("{0} messages were not taken after {MAX_SEND_ATTEMPTS} attempts")]
    NotTaken(usize),
}

impl Queue {
    /// The queue at `jobs_url`, reached by `config`; time limits and retries are set here.
    #[must_use]
    pub fn new(config: Builder, jobs_url: String, backoff: Backoff) -> Self {
        let config = config
            .timeout_config(aws::timeouts())
            .retry_config(aws::retries(backoff));
        Self {
            client: Client::from_conf(config.build()),
            jobs_url,
            backoff,
        }
    }

    /// Sends every message, in tens; they are made as they are needed. The message group is the tenant, so that a queue
    /// shares its workers fairly between tenants, and the huge job of one does not hold up another's.
    ///
    /// # Errors
    /// Any of them may be sent then.
    pub async fn send_all(
        &self,
        messages: impl Iterator<Item = Message>,
    ) -> Result<(), QueueError> {
        let mut messages = messages.peekable();
        let batches = std::iter::from_fn(|| {
            messages.peek()?;
            let batch: Vec<Message> = messages.by_ref().take(MAX_BATCH).collect();
            Some(self.send_batch(batch))
        });
        bounded::try_for_each(MAX_PARALLEL_BATCHES, batches, |()| ()).await
    }

    async fn send_batch(&self, messages: Vec<Message>) -> Result<(), QueueError> {
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
        Err(QueueError::NotTaken(entries.len()))
    }
}

fn entry((position, message): (usize, &Message)) -> SendMessageBatchRequestEntry {
    SendMessageBatchRequestEntry::builder()
        .id(position.to_string())
        .message_body(message.to_body())
        .message_group_id(message.job().tenant.as_str())
        .build()
        .expect("id and body are set")
}
