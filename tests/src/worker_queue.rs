//! The queue of jobs as the worker's event source sees it, but with every delivery in the hands of the test.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use aws_lambda_events::sqs::{SqsEvent, SqsMessage};
use aws_sdk_sqs::Client;
use logout::app::App;
use logout::message::Message;
use logout::queue::{JOBS, QueueSettings, WORKER_TIMEOUT_SECONDS};

use crate::tap::Tap;

/// A job that is not done after so many rounds of deliveries never will be.
const MAX_ROUNDS: usize = 20;

/// The queue, and the clients to work it off.
pub struct WorkerQueue {
    /// The client.
    pub sqs: Client,
    /// The queue.
    pub url: String,
    dead_letters_url: String,
    address: SocketAddr,
}

impl WorkerQueue {
    /// The queue of jobs in the SQS at `address`.
    pub async fn new(sqs: Client, address: SocketAddr) -> Self {
        Self::with_settings(sqs, address, &JOBS).await
    }

    /// Another queue beside `other`.
    pub async fn create(other: &Self, settings: &QueueSettings) -> Self {
        Self::with_settings(other.sqs.clone(), other.address, settings).await
    }

    async fn with_settings(sqs: Client, address: SocketAddr, settings: &QueueSettings) -> Self {
        local::sqs::create_queue(&sqs, settings).await.unwrap();
        let url = local::sqs::queue_url(address, settings.name);
        let dead_letters_url = local::sqs::queue_url(address, settings.dead_letters);
        Self {
            sqs,
            url,
            dead_letters_url,
            address,
        }
    }

    /// Takes every message there is, at once.
    pub async fn receive_all(&self) -> Vec<SqsMessage> {
        self.receive_from(&self.url).await
    }

    /// Takes every message out of the dead-letter queue.
    pub async fn receive_dead_letters(&self) -> Vec<SqsMessage> {
        self.receive_from(&self.dead_letters_url).await
    }

    async fn receive_from(&self, url: &str) -> Vec<SqsMessage> {
        let mut all = Vec::new();
        loop {
            let receive = self
                .sqs
                .receive_message()
                .queue_url(url)
                .max_number_of_messages(10);
            let messages = receive.send().await.unwrap().messages.unwrap_or_default();
            if messages.is_empty() {
                return all;
            }
            all.extend(messages.into_iter().map(|message| {
                let mut record = SqsMessage::default();
                record.message_id = message.message_id;
                record.receipt_handle = message.receipt_handle;
                record.body = message.body;
                record
            }));
        }
    }

    /// Puts a message into the queue, past the service.
    pub async fn send(&self, body: &str) {
        let send = self.sqs.send_message().queue_url(&self.url);
        send.message_body(body).send().await.unwrap();
    }

    /// Deletes a message, as the event source does with what succeeded.
    pub async fn delete(&self, message: &SqsMessage) {
        let handle = message.receipt_handle.clone().unwrap();
        let delete = self.sqs.delete_message().queue_url(&self.url);
        delete.receipt_handle(handle).send().await.unwrap();
    }

    /// Lets the visibility timeout of a message pass.
    pub async fn make_visible(&self, message: &SqsMessage) {
        let handle = message.receipt_handle.clone().unwrap();
        let change = self.sqs.change_message_visibility().queue_url(&self.url);
        change
            .receipt_handle(handle)
            .visibility_timeout(0)
            .send()
            .await
            .unwrap();
    }

    /// Delivers what there is, one message after another, until nothing is left; a message that fails comes again.
    pub async fn drain(&self, app: &Arc<App>, tap: &Tap) {
        for _ in 0..MAX_ROUNDS {
            let messages = self.receive_all().await;
            if messages.is_empty() {
                return;
            }
            for message in messages {
                if deliver(app, tap, vec![message.clone()]).await.is_empty() {
                    self.delete(&message).await;
                } else {
                    self.make_visible(&message).await;
                }
            }
        }
        panic!("messages are left after {MAX_ROUNDS} rounds");
    }
}

/// Invokes the worker with these messages, and answers the ids of those that failed. If the tap lets the function die,
/// all of them failed.
pub async fn deliver(app: &Arc<App>, tap: &Tap, messages: Vec<SqsMessage>) -> Vec<String> {
    let mut event = SqsEvent::default();
    event.records.clone_from(&messages);
    let deadline = app
        .clock
        .now()
        .plus(Duration::from_secs(WORKER_TIMEOUT_SECONDS.into()));
    let answer = tokio::select! {
        answer = logout_worker::handle(app, event, deadline) => Some(answer),
        () = tap.death() => None,
    };
    match answer {
        Some(answer) => answer
            .batch_item_failures
            .into_iter()
            .map(|failure| failure.item_identifier)
            .collect(),
        None => messages
            .into_iter()
            .filter_map(|message| message.message_id)
            .collect(),
    }
}

/// What a message says.
#[must_use]
pub fn parse(message: &SqsMessage) -> Message {
    Message::parse(message.body.as_deref().unwrap()).unwrap()
}
