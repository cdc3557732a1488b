//! A queue as its event source sees it, but the test decides about every delivery.

use std::net::SocketAddr;

use aws_lambda_events::sqs::SqsMessage;
use aws_sdk_sqs::Client;
use aws_sdk_sqs::types::Message;
use local::backends::sqs::{client_config, create_queue, queue_url};
use service::lambda::queue_settings::QueueSettings;
use wire::messages::JobMessage;

use super::unhandled_messages::UnhandledMessages;

/// A message that is not handled after this many rounds of deliveries never will be.
const MAX_ROUNDS: usize = 20;

/// A queue with its dead-letter queue.
pub struct TestQueue {
    /// The client, without interception.
    pub sqs: Client,
    /// The queue.
    pub url: String,
    dead_letter_queue_url: String,
    unhandled: UnhandledMessages,
}

impl TestQueue {
    /// Creates a queue in the SQS at `address`.
    pub async fn create(address: SocketAddr, settings: &QueueSettings) -> Self {
        Self::create_watched(address, settings, UnhandledMessages::default()).await
    }

    /// Creates a queue whose messages count as unhandled until they are.
    pub(crate) async fn create_watched(
        address: SocketAddr,
        settings: &QueueSettings,
        unhandled: UnhandledMessages,
    ) -> Self {
        let sqs = Client::from_conf(client_config(address).build());
        create_queue(&sqs, settings).await.unwrap();
        Self {
            sqs,
            url: queue_url(address, settings.name),
            dead_letter_queue_url: queue_url(address, settings.dead_letter_queue),
            unhandled,
        }
    }

    /// Receives every visible message.
    pub async fn receive_all(&self) -> Vec<SqsMessage> {
        self.receive_from(&self.url).await
    }

    /// Takes every message out of the dead-letter queue.
    pub async fn receive_dead_letters(&self) -> Vec<SqsMessage> {
        let dead_letters = self.receive_from(&self.dead_letter_queue_url).await;
        for message in &dead_letters {
            self.unhandled.handled(id(message));
        }
        dead_letters
    }

    async fn receive_from(&self, url: &str) -> Vec<SqsMessage> {
        let mut all = Vec::new();
        loop {
            let receive = self.sqs.receive_message().queue_url(url);
            let received = receive.max_number_of_messages(10).send().await.unwrap();
            let messages = received.messages.unwrap_or_default();
            if messages.is_empty() {
                return all;
            }
            all.extend(messages.into_iter().map(as_handed_over));
        }
    }

    /// Sends a message, past the service.
    pub async fn send(&self, body: &str) {
        let call = self.sqs.send_message().queue_url(&self.url);
        let sent = call.message_body(body).send().await.unwrap();
        self.unhandled.sent(sent.message_id().unwrap());
    }

    /// Deletes a message, as the event source does after a function has handled it.
    pub async fn delete(&self, message: &SqsMessage) {
        let handle = message.receipt_handle.clone().unwrap();
        let delete = self.sqs.delete_message().queue_url(&self.url);
        delete.receipt_handle(handle).send().await.unwrap();
        self.unhandled.handled(id(message));
    }

    /// Lets the visibility timeout of a message pass.
    pub async fn make_visible(&self, message: &SqsMessage) {
        let handle = message.receipt_handle.clone().unwrap();
        let change = self.sqs.change_message_visibility().queue_url(&self.url);
        let change = change.receipt_handle(handle).visibility_timeout(0);
        change.send().await.unwrap();
    }

    /// Delivers one message after another until no visible one is left. `deliver` returns whether a message was handled; one
    /// that was not is delivered again.
    pub async fn drain(&self, deliver: impl AsyncFn(SqsMessage) -> bool) {
        for _ in 0..MAX_ROUNDS {
            let messages = self.receive_all().await;
            if messages.is_empty() {
                return;
            }
            for message in messages {
                if deliver(message.clone()).await {
                    self.delete(&message).await;
                } else {
                    self.make_visible(&message).await;
                }
            }
        }
        panic!("messages are left after {MAX_ROUNDS} rounds");
    }
}

/// A received message, as its event source hands it over to a function.
fn as_handed_over(received: Message) -> SqsMessage {
    let mut message = SqsMessage::default();
    message.message_id = received.message_id;
    message.receipt_handle = received.receipt_handle;
    message.body = received.body;
    message
}

fn id(message: &SqsMessage) -> &str {
    message.message_id.as_deref().unwrap()
}

/// A message that was never in a queue.
#[must_use]
pub fn message(id: &str, body: &str) -> SqsMessage {
    let mut message = SqsMessage::default();
    message.message_id = Some(id.to_owned());
    message.body = Some(body.to_owned());
    message
}

/// Reads a message of the queue `jobs`.
#[must_use]
pub fn parse(message: &SqsMessage) -> JobMessage {
    JobMessage::parse(message.body.as_deref().unwrap()).unwrap()
}
