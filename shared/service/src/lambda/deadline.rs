//! The deadline of an invocation.

use std::pin::Pin;
use std::time::Duration;

use domain::timestamp::Timestamp;
use thiserror::Error;
use tokio::time::timeout;

use crate::clock::Clock;

/// How long before the deadline unfinished work is abandoned, so that the rest can still be reported.
const TIME_TO_REPORT: Duration = Duration::from_secs(2);

/// No invocation has an earlier deadline.
const YEAR_2001_MS: i64 = 1_000_000_000_000;

/// The deadline of the invocation is too near.
#[derive(Debug, PartialEq, Eq, Error)]
#[error("no time is left before the function's deadline")]
pub struct OutOfTime;

/// The deadline that the runtime gives in epoch milliseconds. If it gives none that makes sense, the deadline is when the time
/// of the function is over: `cargo lambda` always gives 600,000, ten minutes after the epoch.
#[must_use]
pub fn invocation_deadline(
    given_ms: u64,
    now: Timestamp,
    function_timeout_seconds: u32,
) -> Timestamp {
    match i64::try_from(given_ms) {
        Ok(given_ms) if given_ms >= YEAR_2001_MS => Timestamp::from_epoch_ms(given_ms),
        _ => now.plus(Duration::from_secs(function_timeout_seconds.into())),
    }
}

/// Does `work` until shortly before `deadline`. It is on the heap, as the futures of the SDK's calls are large, and there is
/// one for every record under way.
///
/// # Errors
/// There was not enough time.
pub async fn until_deadline<T>(
    clock: &Clock,
    deadline: Timestamp,
    work: Pin<Box<impl Future<Output = T>>>,
) -> Result<T, OutOfTime> {
    let time_left = clock.now().until(deadline).saturating_sub(TIME_TO_REPORT);
    if time_left.is_zero() {
        return Err(OutOfTime);
    }
    timeout(time_left, work).await.map_err(|_| OutOfTime)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_invalid_deadline_is_replaced_by_the_end_of_the_functions_time() {
        let now = Timestamp::from_epoch_ms(1_795_334_400_000);
        let of = |given_ms| invocation_deadline(given_ms, now, 30).epoch_ms();
        for given in [1_795_334_400_001, 1_795_334_399_999] {
            assert_eq!(of(given), i64::try_from(given).unwrap());
        }
        for invalid in [0, 600_000, u64::MAX] {
            assert_eq!(of(invalid), 1_795_334_430_000);
        }
    }
}
