//! Connections to AWS.

mod backoff;
mod clients;

pub use aws_sdk_dynamodb::config::{Credentials as AwsCredentials, SharedHttpClient};
pub use backoff::Backoff;
pub use clients::{AwsSettings, dynamodb, http_client, sqs};
pub(crate) use clients::{retries, timeouts, timeouts_for_operator};
