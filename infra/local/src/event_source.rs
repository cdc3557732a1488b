//! Hands a queue's messages to a function, as Lambda's event source mapping does: batches of up to ten, several at once;
//! what succeeded is deleted, what failed is left to its visibility timeout.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use aws_lambda_events::sqs::{SqsBatchResponse, SqsEvent, SqsMessage};
use aws_sdk_sqs::Client;
use aws_sdk_sqs::types::{DeleteMessageBatchRequestEntry, Message};
use logout::app::App;
use logout::logging::error_chain;
use logout::queue::WORKER_TIMEOUT_SECONDS;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use tracing::warn;

/// A batch holds at most that many messages; `ReceiveMessage` takes no more (Amazon SQS API Reference).
const BATCH_SIZE: i32 = 10;
/// So many batches are worked on at once. The database works on one call at a time: more batches only wait longer for
/// it, and on a busy machine longer than a call may take.
const MAX_CONCURRENCY: usize = 2;
/// A request for messages waits so long for some.
const WAIT_SECONDS: i32 = 10;
/// After a refused request, the next one waits so long.
const AFTER_REFUSAL: Duration = Duration::from_secs(1);

/// Feeds `logout-worker` from the queue at `queue_url` until `stopped` resolves, then lets it finish.
///
/// # Errors
/// A task panicked.
pub async fn feed_worker(
    sqs: Client,
    queue_url: String,
    app: Arc<App>,
    stopped: impl Future<Output = ()> + Send + 'static,
) -> Result<()> {
    let (stop, _) = watch::channel(false);
    let mut pollers = JoinSet::new();
    for _ in 0..MAX_CONCURRENCY {
        pollers.spawn(poll(
            sqs.clone(),
            queue_url.clone(),
            app.clone(),
            stop.subscribe(),
        ));
    }
    stopped.await;
    stop.send_replace(true);
    while let Some(poller) = pollers.join_next().await {
        poller?;
    }
    Ok(())
}

async fn poll(sqs: Client, queue_url: String, app: Arc<App>, mut stop: watch::Receiver<bool>) {
    loop {
        let receive = sqs.receive_message().queue_url(&queue_url);
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
            let done = invoke(app.clone(), messages).await;
            delete(&sqs, &queue_url, done).await;
        }
    }
}

/// Invokes the function; answers the messages that are done.
async fn invoke(app: Arc<App>, messages: Vec<Message>) -> Vec<Message> {
    let mut event = SqsEvent::default();
    event.records = messages.iter().map(record).collect();
    let time = Duration::from_secs(WORKER_TIMEOUT_SECONDS.into());
    let deadline = app.clock.now().plus(time);
    // A panic ends the invocation, and so does its time; everything in it failed then.
    let invocation =
        tokio::spawn(
            async move { timeout(time, logout_worker::handle(&app, event, deadline)).await },
        );
    match invocation.await {
        Ok(Ok(answer)) => succeeded(messages, &answer),
        Ok(Err(_too_slow)) => Vec::new(),
        Err(_panic) => Vec::new(),
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

async fn delete(sqs: &Client, queue_url: &str, done: Vec<Message>) {
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
        let delete = sqs.delete_message_batch().queue_url(queue_url);
        if let Err(error) = delete.set_entries(Some(entries)).send().await {
            warn!(error = error_chain(&error), "messages cannot be deleted");
        }
    }
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
