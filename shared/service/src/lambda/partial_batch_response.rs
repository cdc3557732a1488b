//! Partial batch responses: every message or record of a batch is processed, and those that failed are reported.

use aws_lambda_events::dynamodb::{self, EventRecord};
use aws_lambda_events::sqs::{BatchItemFailure, SqsBatchResponse, SqsMessage};
use aws_lambda_events::streams::{DynamoDbBatchItemFailure, DynamoDbEventResponse};
use futures::stream::{self, StreamExt};

/// A message or record failed; the reason has been logged.
#[derive(Debug, PartialEq, Eq)]
pub struct Failed;

/// The id that names a message in a report. A message without an id is reported with an empty one, for which Lambda takes the
/// whole batch as failed.
#[must_use]
pub fn message_id(message: &SqsMessage) -> String {
    message.message_id.clone().unwrap_or_default()
}

/// Processes messages, each given with its id: at most `limit` groups at once, and those of a group in order. Every failed
/// message is reported, so that SQS delivers it again and finally moves it to the dead-letter queue.
pub async fn process_messages<M, F>(
    limit: usize,
    groups: impl IntoIterator<Item = Vec<(String, M)>>,
    work: impl Fn(M) -> F,
) -> SqsBatchResponse
where
    F: Future<Output = Result<(), Failed>>,
{
    let ids = process_in_order(limit, groups, work).await;
    let mut answer = SqsBatchResponse::default();
    answer.batch_item_failures.extend(ids.into_iter().map(|id| {
        let mut failure = BatchItemFailure::default();
        failure.item_identifier = id;
        failure
    }));
    answer
}

/// Processes the records of a batch, at most `limit` at once. Of the failed records, the one with the lowest sequence number
/// is reported: the stream is delivered again from there on.
pub async fn process_records<F>(
    limit: usize,
    event: dynamodb::Event,
    work: impl Fn(EventRecord) -> F,
) -> DynamoDbEventResponse
where
    F: Future<Output = Result<(), Failed>>,
{
    let records = event.records.into_iter().map(|record| {
        // A failure without a number fails the whole batch.
        let number = record.change.sequence_number.clone().unwrap_or_default();
        vec![(number, record)]
    });
    let failed = process_in_order(limit, records, work).await;
    let lowest = failed
        .into_iter()
        .min_by_key(|number| numeric_order(number));
    let mut answer = DynamoDbEventResponse::default();
    answer.batch_item_failures.extend(lowest.map(|number| {
        let mut failure = DynamoDbBatchItemFailure::default();
        failure.item_identifier = Some(number);
        failure
    }));
    answer
}

/// Sequence numbers are decimal, of 21 to 40 digits (Amazon DynamoDB API Reference): the longer one is the higher.
fn numeric_order(number: &str) -> (usize, String) {
    let digits = number.trim_start_matches('0');
    (digits.len(), digits.to_owned())
}

/// Returns the ids of those that failed.
async fn process_in_order<T, F>(
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
        failed
    });
    stream::iter(groups).buffer_unordered(limit).concat().await
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
        let mut answer = process_records(2, event, |record| {
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
