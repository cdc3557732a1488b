//! Hands a queue's messages to a function, as Lambda's event source mapping does: batches of up to ten, several at once;
//! what succeeded is deleted, what failed is left to its visibility timeout.

use std::collections::HashSet;
use std::time::Duration;

use anyhow::Result;
use aws_lambda_events::sqs::{SqsBatchResponse, SqsEvent, SqsMessage};
use aws_sdk_sqs::Client;
use aws_sdk_sqs::types::{DeleteMessageBatchRequestEntry, Message};
use logout::logging::error_chain;
use logout::timestamp::{Clock, Timestamp};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::sleep;
use tracing::warn;

use crate::invocation::{AFTER_REFUSAL, invoke};

/// A batch holds at most that many messages; `ReceiveMessage` takes no more (Amazon SQS API Reference).
pub const BATCH_SIZE: i32 = 10;
/// So many batches are worked on at once. The database works on one call at a time: more batches only wait longer for
/// it, and on a busy machine longer than a call may take.
pub const MAX_CONCURRENCY: usize = 2;
/// A request for messages waits so long for some.
pub const WAIT_SECONDS: i32 = 10;

/// A queue that feeds a function.
#[derive(Clone)]
pub struct EventSource {
    /// The client.
    pub sqs: Client,
    /// The queue.
    pub queue_url: String,
    /// An invocation of the function takes at most that long.
    pub function_timeout: Duration,
    /// Says when that is over.
    pub clock: Clock,
}

impl EventSource {
    /// Feeds `function`, which is given a batch and the time by which it has to be done, until `stopped` resolves; then
    /// lets it finish.
    ///
    /// # Errors
    /// A task panicked.
    pub async fn feed<F, Answer>(
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
                .max_number_of_messages(BATCH_SIZE)
                .wait_time_seconds(WAIT_SECONDS);
            let received = tokio::select! {
                biased;
                _ = stop.wait_for(|stop| *stop) => return,
                received = receive.send() => received,
            };
            let messages = match received {
                Ok(received) => received.messages.unwrap_or_default(),
                Err(refused) => {
                    warn!(error = error_chain(&refused), "no messages can be received");
                    sleep(AFTER_REFUSAL).await;
                    continue;
                }
            };
            if !messages.is_empty() {
                let done = self.invoke(&function, messages).await;
                self.delete(done).await;
            }
        }
    }

    /// Invokes the function; answers the messages that are done.
    async fn invoke<F, Answer>(&self, function: &F, messages: Vec<Message>) -> Vec<Message>
    where
        F: Fn(SqsEvent, Timestamp) -> Answer,
        Answer: Future<Output = SqsBatchResponse> + Send + 'static,
    {
        let mut event = SqsEvent::default();
        event.records = messages.iter().map(record).collect();
        match invoke(function, event, &self.clock, self.function_timeout).await {
            Some(answer) => succeeded(messages, &answer),
            // Everything in it failed.
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
            // A message that is not deleted comes again, and does no harm.
            let delete = self.sqs.delete_message_batch().queue_url(&self.queue_url);
            if let Err(error) = delete.set_entries(Some(entries)).send().await {
                warn!(error = error_chain(&error), "messages cannot be deleted");
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

/// A failure that names no message of the batch fails all of it, as with Lambda.
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
    fn what_was_not_reported_is_done() {
        assert_eq!(done(&[]), ["a", "b"]);
        assert_eq!(done(&["a"]), ["b"]);
        assert!(done(&["a", "b"]).is_empty());
    }

    #[test]
    fn a_report_of_no_message_of_the_batch_fails_all() {
        assert!(done(&["c"]).is_empty());
        assert!(done(&[""]).is_empty());
    }
}
