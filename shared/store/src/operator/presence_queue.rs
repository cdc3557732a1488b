//! Sending presence events, as the contact centre does.

use std::error::Error as StdError;

use aws_sdk_sqs::Client;
use aws_sdk_sqs::config::Builder;
use aws_sdk_sqs::error::SdkError;
use thiserror::Error;

use crate::connection::{Backoff, sdk_retries, timeouts_for_operator};

/// The queue `presence`, for an operator who sends to it.
#[derive(Clone)]
pub struct PresenceQueue {
    client: Client,
    url: String,
}

/// SQS refused, or did not answer in time. Holds nothing of a message.
#[derive(Debug, Error)]
pub enum PresenceQueueError {
    /// The account has no such queue in this region.
    #[error("there is no such queue")]
    NotFound,
    /// A call failed, after the SDK's retries.
    #[error("{operation} failed")]
    Call {
        /// The API operation.
        operation: &'static str,
        /// The SDK's error.
        source: Box<dyn StdError + Send + Sync>,
    },
}

impl PresenceQueue {
    /// The queue at `url`, reached by `config`; time limits and retries are set here.
    #[must_use]
    pub fn new(config: Builder, url: String, backoff: Backoff) -> Self {
        let client = client(config, backoff);
        Self { client, url }
    }

    /// The queue of this name, in the account and region of `config`; time limits and retries are set here.
    ///
    /// # Errors
    /// There is no such queue, or SQS refused.
    pub async fn find(
        config: Builder,
        name: &str,
        backoff: Backoff,
    ) -> Result<Self, PresenceQueueError> {
        let client = client(config, backoff);
        let found = client.get_queue_url().queue_name(name).send().await;
        let found = found.map_err(|error| match error.as_service_error() {
            Some(refused) if refused.is_queue_does_not_exist() => PresenceQueueError::NotFound,
            _ => call_failed("GetQueueUrl", error),
        })?;
        let url = found.queue_url.ok_or(PresenceQueueError::NotFound)?;
        Ok(Self { client, url })
    }

    /// Sends a message with this body, and returns its id.
    ///
    /// # Errors
    /// There is no such queue, or SQS refused. The message may have been sent then.
    pub async fn send(&self, body: &str) -> Result<String, PresenceQueueError> {
        let call = self.client.send_message().queue_url(&self.url);
        let sent = call.message_body(body).send().await;
        let sent = sent.map_err(|error| match error.as_service_error() {
            // SQS calls the URL of a queue of another region an invalid address.
            Some(refused) if refused.is_queue_does_not_exist() || refused.is_invalid_address() => {
                PresenceQueueError::NotFound
            }
            _ => call_failed("SendMessage", error),
        })?;
        Ok(sent.message_id.unwrap_or_default())
    }
}

fn client(config: Builder, backoff: Backoff) -> Client {
    let config = config
        .timeout_config(timeouts_for_operator())
        .retry_config(sdk_retries(backoff));
    Client::from_conf(config.build())
}

fn call_failed<E>(operation: &'static str, error: SdkError<E>) -> PresenceQueueError
where
    E: StdError + Send + Sync + 'static,
{
    PresenceQueueError::Call {
        operation,
        source: Box::new(error),
    }
}
