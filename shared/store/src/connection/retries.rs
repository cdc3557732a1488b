//! Trying again what failed for a passing reason: throttles, faults of AWS, time limits of single calls, broken connections.

use std::error::Error as StdError;
use std::time::Duration;

use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use tokio::time::Instant;
use tracing::warn;

use super::backoff::Backoff;
use super::passing_faults::{is_passing, reason};

/// How long what fails for a passing reason is tried again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RetryLimit {
    /// For about a second, while a caller waits for the answer.
    WhileCallerWaits,
    /// Without end: the deadline of the invocation ends it. A new on-demand table takes 4,000 writes a second at first, and a
    /// job brings more at once (Amazon DynamoDB Developer Guide, "On-demand capacity mode").
    UntilDeadline,
}

/// While a caller waits, something is tried that many times, which takes about a second.
const MAX_TRIES_FOR_CALLER: u32 = 6;
/// While a caller waits, nothing is tried again after that time: single calls may have used up their own time limits.
const MAX_WAIT_FOR_CALLER: Duration = Duration::from_secs(1);

/// How something is tried again: with which waits, and for how long.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Retries {
    pub(crate) backoff: Backoff,
    pub(crate) limit: RetryLimit,
}

/// The tries of one thing.
#[derive(Debug)]
pub struct Tries {
    retries: Retries,
    started: Instant,
    failed: u32,
    is_logged: bool,
}

impl Retries {
    /// The tries of something that begins now.
    pub(crate) fn tries(self) -> Tries {
        Tries {
            retries: self,
            started: Instant::now(),
            failed: 0,
            is_logged: false,
        }
    }

    /// Makes a call, and again while it fails for a passing reason and the limit allows it. Each try includes those of the SDK.
    /// The call may have taken effect although it failed, so it must be safe to repeat.
    pub(crate) async fn call<T, E, F>(
        self,
        operation: &'static str,
        send: impl Fn() -> F,
    ) -> Result<T, SdkError<E>>
    where
        F: Future<Output = Result<T, SdkError<E>>>,
        E: ProvideErrorMetadata + StdError + 'static,
    {
        let mut tries = self.tries();
        loop {
            // On the heap, as the futures of the SDK are large.
            match Box::pin(send()).await {
                Err(error) if is_passing(&error) => {
                    if !tries.again(operation, &reason(&error)).await {
                        return Err(error);
                    }
                }
                answer => return answer,
            }
        }
    }
}

impl Tries {
    /// After a failed try: waits, and returns true if there is another one. What takes long is logged once, with the reason.
    pub async fn again(&mut self, what: &'static str, reason: &str) -> bool {
        self.failed += 1;
        let is_long =
            self.failed >= MAX_TRIES_FOR_CALLER || self.started.elapsed() >= MAX_WAIT_FOR_CALLER;
        if is_long && self.retries.limit == RetryLimit::WhileCallerWaits {
            return false;
        }
        if is_long && !self.is_logged {
            self.is_logged = true;
            warn!(
                what,
                reason, "still failing for a passing reason; tried again until the deadline"
            );
        }
        self.retries.backoff.pause(self.failed - 1).await;
        true
    }

    /// How many tries have failed.
    #[must_use]
    pub fn failed(&self) -> u32 {
        self.failed
    }
}
