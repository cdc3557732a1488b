//! A batch of records that a function is invoked with: every one is worked on, alone and in time, and those that failed
//! are reported.

use std::convert::Infallible;
use std::pin::Pin;
use std::time::Duration;

use aws_lambda_events::dynamodb::{self, EventRecord};
use aws_lambda_events::sqs::{BatchItemFailure, SqsBatchResponse, SqsMessage};
use aws_lambda_events::streams::{DynamoDbBatchItemFailure, DynamoDbEventResponse};
use thiserror::Error;
use tokio::time::timeout;

use crate::bounded;
use crate::timestamp::{Clock, Timestamp};

/// So long before it is stopped, an invocation gives up on what is not done, so that it can still report what is.
const TIME_TO_REPORT: Duration = Duration::from_secs(2);

/// No invocation ends before that.
const YEAR_2001_MS: i64 = 1_000_000_000_000;

/// The function is about to be stopped.
#[derive(Debug, PartialEq, Eq, Error)]
#[error("no time is left")]
pub struct NoTime;

/// A record failed; why has been logged.
#[derive(Debug, PartialEq, Eq)]
pub struct Failed;

/// When an invocation is stopped: what the runtime says in epoch milliseconds, or, if it has no clock to say it by, once the
/// function's time is over. `cargo lambda` says 600,000 always, ten minutes after the epoch.
#[must_use]
pub fn deadline(said_ms: u64, now: Timestamp, function_timeout_seconds: u32) -> Timestamp {
    match i64::try_from(said_ms) {
        Ok(said_ms) if said_ms >= YEAR_2001_MS => Timestamp::from_epoch_ms(said_ms),
        _ => now.plus(Duration::from_secs(function_timeout_seconds.into())),
    }
}

/// Does `work`, if there is time for it, until shortly before `deadline`. It is on the heap, as the futures of the SDK's
/// calls are large, and there is one for every record under way.
///
/// # Errors
/// There was not.
pub async fn in_time<T>(
    clock: &Clock,
    deadline: Timestamp,
    work: Pin<Box<impl Future<Output = T>>>,
) -> Result<T, NoTime> {
    let time_left = clock.now().until(deadline).saturating_sub(TIME_TO_REPORT);
    if time_left.is_zero() {
        return Err(NoTime);
    }
    timeout(time_left, work).await.map_err(|_| NoTime)
}

/// What names a message in a report. Without an id, Lambda takes the whole batch for failed, which is right: nothing else
/// can be said.
#[must_use]
pub fn id_of(message: &SqsMessage) -> String {
    message.message_id.clone().unwrap_or_default()
}

/// Works on messages, each under its id: on at most `limit` groups at once, and on those of a group in order. Each that
/// failed is reported, and comes again; in the end SQS moves it to the dead-letter queue.
pub async fn each_message<M, F>(
    limit: usize,
    groups: impl IntoIterator<Item = Vec<(String, M)>>,
    work: impl Fn(M) -> F,
) -> SqsBatchResponse
where
    F: Future<Output = Result<(), Failed>>,
{
    let ids = each_in_order(limit, groups, work).await;
    let mut answer = SqsBatchResponse::default();
    answer.batch_item_failures.extend(ids.into_iter().map(|id| {
        let mut failure = BatchItemFailure::default();
        failure.item_identifier = id;
        failure
    }));
    answer
}

/// Works on the records of a batch, at most `limit` at once. Of those that failed, the one with the lowest sequence number
/// is reported: from there on the stream is delivered again, and nothing before it.
pub async fn each_record<F>(
    limit: usize,
    event: dynamodb::Event,
    work: impl Fn(EventRecord) -> F,
) -> DynamoDbEventResponse
where
    F: Future<Output = Result<(), Failed>>,
{
    let alone = event.records.into_iter().map(|record| {
        // As above: a failure without a number fails the whole batch.
        let number = record.change.sequence_number.clone().unwrap_or_default();
        vec![(number, record)]
    });
    let failed = each_in_order(limit, alone, work).await;
    let lowest = failed.into_iter().min_by_key(|number| in_order(number));
    let mut answer = DynamoDbEventResponse::default();
    answer.batch_item_failures.extend(lowest.map(|number| {
        let mut failure = DynamoDbBatchItemFailure::default();
        failure.item_identifier = Some(number);
        failure
    }));
    answer
}

/// Sequence numbers are decimal, of 21 to 40 digits (Amazon DynamoDB API Reference): the longer one is the higher.
fn in_order(number: &str) -> (usize, String) {
    let digits = number.trim_start_matches('0');
    (digits.len(), digits.to_owned())
}

/// Answers the ids of those that failed.
async fn each_in_order<T, F>(
    limit: usize,
    groups: impl IntoIterator<Item = Vec<(String, T)>>,
    work: impl Fn(T) -> F,
) -> Vec<String>
where
    F: Future<Output = Result<(), Failed>>,
{
    let work = &work;
    let groups = groups.into_iter().map(|group| async move {
        let mut failed = Vec::new();
        for (id, record) in group {
            if work(record).await.is_err() {
                failed.push(id);
            }
        }
        Ok::<_, Infallible>(failed)
    });
    let mut failed = Vec::new();
    let Ok(()) = bounded::try_for_each(limit, groups, |ids| failed.extend(ids)).await;
    failed
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is reported of a batch with these sequence numbers when those that are `bad` fail.
    async fn reported(numbers: &[&str], bad: &[&str]) -> Option<String> {
        let mut event = dynamodb::Event::default();
        event.records = numbers
            .iter()
            .map(|number| {
                let mut record = EventRecord::default();
                record.change.sequence_number = Some((*number).to_owned());
                record
            })
            .collect();
        let mut answer = each_record(2, event, |record| {
            let number = record.change.sequence_number.unwrap();
            let result = if bad.contains(&number.as_str()) {
                Err(Failed)
            } else {
                Ok(())
            };
            async { result }
        })
        .await;
        assert!(answer.batch_item_failures.len() <= 1);
        answer.batch_item_failures.pop()?.item_identifier
    }

    #[test]
    fn a_deadline_that_is_none_is_the_end_of_the_functions_time() {
        let now = Timestamp::from_epoch_ms(1_795_334_400_000);
        let of = |said_ms| deadline(said_ms, now, 30).epoch_ms();
        for said in [1_795_334_400_001, 1_795_334_399_999] {
            assert_eq!(of(said), i64::try_from(said).unwrap());
        }
        for none in [0, 600_000, u64::MAX] {
            assert_eq!(of(none), 1_795_334_430_000);
        }
    }

    #[tokio::test]
    async fn the_lowest_failed_sequence_number_is_reported_and_no_other() {
        let numbers = ["99", "100", "101", "1000"];
        assert_eq!(reported(&numbers, &[]).await, None);
        for (bad, lowest) in [
            (&["100"][..], "100"),
            (&["1000", "101"], "101"),
            (&["100", "99"], "99"),
        ] {
            assert_eq!(reported(&numbers, bad).await.as_deref(), Some(lowest));
        }
    }

    #[tokio::test]
    async fn without_a_number_the_whole_batch_is_reported() {
        assert_eq!(reported(&["7", ""], &["", "7"]).await.as_deref(), Some(""));
    }
}
