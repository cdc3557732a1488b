//! The queue of presence events.

use anyhow::{Result, anyhow};
use aws_config::SdkConfig;
use clap::error::ErrorKind;
use store::connection::Backoff;
use store::operator::{PresenceQueue, PresenceQueueError};
use url::Url;

use super::{access, call_error};
use crate::arguments::aws::QueueArgs;
use crate::http_url;
use crate::settings::environment;

/// The name of the queue that is used if no URL is given.
const QUEUE_NAME: &str = "presence";

/// Sends a message with this body, and returns its id.
///
/// # Errors
/// There are no credentials, no such queue, or no answer; the error says what to do.
pub async fn send(args: &QueueArgs, body: &str) -> Result<String> {
    let endpoint_url = endpoint_url(args)?;
    let config = access::load(&args.aws, endpoint_url.as_ref()).await?;
    let sent = find_and_send(args, &config, body).await;
    sent.map_err(|error| explain(error, args.queue_url.as_deref()))
}

async fn find_and_send(
    args: &QueueArgs,
    config: &SdkConfig,
    body: &str,
) -> Result<String, PresenceQueueError> {
    let queue = match &args.queue_url {
        Some(url) => PresenceQueue::new(config.into(), url.clone(), Backoff::AWS),
        None => PresenceQueue::find(config.into(), QUEUE_NAME, Backoff::AWS).await?,
    };
    queue.send(body).await
}

/// The endpoint of SQS, from the flag, or from the environment variable for all services.
fn endpoint_url(args: &QueueArgs) -> Result<Option<Url>> {
    if args.endpoint_url.is_some() {
        return Ok(args.endpoint_url.clone());
    }
    let Some(text) = environment::aws_endpoint_url()? else {
        return Ok(None);
    };
    let url = http_url::parse(&text).map_err(|reason| {
        // The text may hold a password.
        let message = format!("invalid value for AWS_ENDPOINT_URL: it {reason}\n");
        clap::Error::raw(ErrorKind::ValueValidation, message)
    })?;
    Ok(Some(url))
}

/// An error of the queue with its cause, and what may help.
fn explain(error: PresenceQueueError, queue_url: Option<&str>) -> anyhow::Error {
    match (error, queue_url) {
        (PresenceQueueError::NotFound, Some(url)) => {
            anyhow!("SQS: there is no queue {url} in this account and region")
        }
        (PresenceQueueError::NotFound, None) => anyhow!(
            "SQS: there is no queue named {QUEUE_NAME} in this account and region; give its URL with --queue-url (a deployed stack has it as output PresenceQueueUrl)"
        ),
        (error, _) => anyhow!(call_error::sentence("SQS", error)),
    }
}
