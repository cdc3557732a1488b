//! Connections to AWS.

mod backoff;
mod clients;
mod passing_faults;
mod retries;

pub use aws_sdk_dynamodb::config::{Credentials as AwsCredentials, SharedHttpClient};
pub use backoff::Backoff;
pub use clients::{AwsSettings, dynamodb, http_client, sqs};
pub(crate) use clients::{sdk_retries, timeouts, timeouts_for_operator};
pub(crate) use passing_faults::{is_passing, is_passing_code};
pub(crate) use retries::Retries;
pub use retries::{RetryLimit, Tries};
