//! Invokes a function with a queue's messages, as Lambda's event source mapping does: in batches of up to ten, several at
//! once. Messages that succeeded are deleted; those that failed come again after their visibility timeout.

use std::collections::HashSet;
use std::time::Duration;

use anyhow::Result;
use aws_lambda_events::sqs::{SqsBatchResponse, SqsEvent, SqsMessage};
use aws_sdk_sqs::Client;
use aws_sdk_sqs::types::{DeleteMessageBatchRequestEntry, Message};
use domain::timestamp::Timestamp;
use service::clock::Clock;
use service::error_chain::error_chain;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::sleep;
use tracing::warn;

use super::invocation::{WAIT_AFTER_ERROR, invoke};

/// The maximum number of batches at once. The database processes one call at a time: more batches would only wait longer for
/// it, and on a busy machine longer than a call may take.
const MAX_CONCURRENCY: usize = 2;
/// How long a request for messages waits for some.
const WAIT_SECONDS: i32 = 10;

/// The poller of a queue.
#[derive(Clone)]
pub struct QueuePoller {
    /// The client.
    pub sqs: Client,
    /// The queue.
    pub queue_url: String,
    /// The time limit of the function.
    pub function_timeout: Duration,
    /// The maximum number of messages in a batch, at most ten: `ReceiveMessage` returns no more (Amazon SQS API Reference).
    pub batch_size: i32,
    /// The present time.
    pub clock: Clock,
}

impl QueuePoller {
    /// Invokes `function` with batches and their deadlines until `stopped` resolves; then lets it finish.
    ///
    /// # Errors
    /// A task panicked.
    pub async fn run<F, Answer>(
        self,
        function: F,
        stopped: impl Future<Output = ()> + Send + 'static,
    ) -> Result<()>
    where
        F: Fn(SqsEvent, Timestamp) -> Answer + Clone + Send + Sync + 'static,
        Answer: Future<Output = SqsBatchResponse> + Send + 'static,
    {
        let (stop, _) = watch::channel(false);
        let mut pollers = JoinSet::new();
        for _ in 0..MAX_CONCURRENCY {
            let (source, function, stop) = (self.clone(), function.clone(), stop.subscribe());
            pollers.spawn(async move { source.poll(function, stop).await });
        }
        stopped.await;
        stop.send_replace(true);
        while let Some(poller) = pollers.join_next().await {
            poller?;
        }
        Ok(())
    }

    async fn poll<F, Answer>(&self, function: F, mut stop: watch::Receiver<bool>)
    where
        F: Fn(SqsEvent, Timestamp) -> Answer,
        Answer: Future<Output = SqsBatchResponse> + Send + 'static,
    {
        loop {
            let receive = self.sqs.receive_message().queue_url(&self.queue_url);
            let receive = receive
                .max_number_of_messages(self.batch_size)
                .wait_time_seconds(WAIT_SECONDS);
            let received = tokio::select! {
                biased;
                _ = stop.wait_for(|stop| *stop) => return,
                received = receive.send() => received,
            };
            let messages = match received {
                Ok(received) => received.messages.unwrap_or_default(),
                Err(refused) => {
                    warn!(error = error_chain(&refused), "cannot receive messages");
                    sleep(WAIT_AFTER_ERROR).await;
                    continue;
                }
            };
            if !messages.is_empty() {
                let done = self.invoke(&function, messages).await;
                self.delete(done).await;
            }
        }
    }

    /// Invokes the function; returns the messages that succeeded.
    async fn invoke<F, Answer>(&self, function: &F, messages: Vec<Message>) -> Vec<Message>
    where
        F: Fn(SqsEvent, Timestamp) -> Answer,
        Answer: Future<Output = SqsBatchResponse> + Send + 'static,
    {
        let mut event = SqsEvent::default();
        event.records = messages.iter().map(record).collect();
        match invoke(function, event, &self.clock, self.function_timeout).await {
            Some(answer) => succeeded(messages, &answer),
            // All of them failed.
            None => Vec::new(),
        }
    }

    async fn delete(&self, done: Vec<Message>) {
        let handles = done
            .into_iter()
            .filter_map(|message| message.receipt_handle);
        let entries: Vec<_> = handles
            .enumerate()
            .filter_map(|(position, handle)| {
                let entry = DeleteMessageBatchRequestEntry::builder();
                entry
                    .id(position.to_string())
                    .receipt_handle(handle)
                    .build()
                    .ok()
            })
            .collect();
        if !entries.is_empty() {
            // A message that is not deleted comes again, which is harmless.
            let delete = self.sqs.delete_message_batch().queue_url(&self.queue_url);
            if let Err(error) = delete.set_entries(Some(entries)).send().await {
                warn!(error = error_chain(&error), "cannot delete messages");
            }
        }
    }
}

fn record(message: &Message) -> SqsMessage {
    let mut record = SqsMessage::default();
    record.message_id.clone_from(&message.message_id);
    record.receipt_handle.clone_from(&message.receipt_handle);
    record.body.clone_from(&message.body);
    record.event_source = Some("aws:sqs".to_owned());
    record
}

/// A report of a message that is not in the batch fails the whole batch, as with Lambda.
fn succeeded(messages: Vec<Message>, answer: &SqsBatchResponse) -> Vec<Message> {
    let failures = answer.batch_item_failures.iter();
    let failed: HashSet<&str> = failures
        .map(|failure| failure.item_identifier.as_str())
        .collect();
    let known: HashSet<&str> = messages.iter().filter_map(Message::message_id).collect();
    if !failed.is_subset(&known) {
        return Vec::new();
    }
    let done = |message: &Message| message.message_id().is_some_and(|id| !failed.contains(id));
    let done: Vec<bool> = messages.iter().map(done).collect();
    messages
        .into_iter()
        .zip(done)
        .filter_map(|(message, done)| done.then_some(message))
        .collect()
}

#[cfg(test)]
mod tests {
    use aws_lambda_events::sqs::BatchItemFailure;

    use super::*;

    /// The messages of a batch of "a" and "b" that are done when these were reported.
    fn done(reported: &[&str]) -> Vec<String> {
        let messages = ["a", "b"].map(|id| Message::builder().message_id(id).build());
        let mut answer = SqsBatchResponse::default();
        answer.batch_item_failures = reported
            .iter()
            .map(|id| {
                let mut failure = BatchItemFailure::default();
                failure.item_identifier = (*id).to_owned();
                failure
            })
            .collect();
        let done = succeeded(messages.to_vec(), &answer);
        done.into_iter()
            .filter_map(|message| message.message_id)
            .collect()
    }

    #[test]
    fn messages_that_were_not_reported_succeeded() {
        assert_eq!(done(&[]), ["a", "b"]);
        assert_eq!(done(&["a"]), ["b"]);
        assert!(done(&["a", "b"]).is_empty());
    }

    #[test]
    fn a_report_of_an_unknown_message_fails_the_batch() {
        assert!(done(&["c"]).is_empty());
        assert!(done(&[""]).is_empty());
    }
}
