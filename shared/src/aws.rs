//! How AWS is called: time limits and retries, the same for every service.

use std::time::Duration;

use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;

use crate::backoff::Backoff;

/// Waiting for a connection takes at most that long; one inside a region takes a few milliseconds.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(1);
/// One try of a call takes at most that long; DynamoDB and SQS answer in milliseconds.
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(2);
/// A call with its retries takes at most that long.
const OPERATION_TIMEOUT: Duration = Duration::from_secs(6);

/// The time limits of a call.
pub fn timeouts() -> TimeoutConfig {
    TimeoutConfig::builder()
        .connect_timeout(CONNECT_TIMEOUT)
        .operation_attempt_timeout(ATTEMPT_TIMEOUT)
        .operation_timeout(OPERATION_TIMEOUT)
        .build()
}

/// The time limits of a call from a command, which may be far from the region and on a slow line: a page of a scan is
/// 1 MB (Amazon DynamoDB API Reference).
pub fn timeouts_from_afar() -> TimeoutConfig {
    TimeoutConfig::builder()
        .connect_timeout(5 * CONNECT_TIMEOUT)
        .operation_attempt_timeout(15 * ATTEMPT_TIMEOUT)
        .operation_timeout(15 * OPERATION_TIMEOUT)
        .build()
}

/// How often a call is tried: three times, the SDK's standard, but with our first wait.
pub fn retries(backoff: Backoff) -> RetryConfig {
    RetryConfig::standard().with_initial_backoff(backoff.base())
}
