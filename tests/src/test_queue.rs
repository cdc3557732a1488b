//! A queue as its event source sees it, but with every delivery in the hands of the test.

use std::net::SocketAddr;

use aws_lambda_events::sqs::SqsMessage;
use aws_sdk_sqs::Client;
use service::lambda::queue_settings::QueueSettings;
use wire::messages::JobMessage;

/// What is not done after so many rounds of deliveries never will be.
const MAX_ROUNDS: usize = 20;

/// The queue, and the client to work it off.
pub struct TestQueue {
    /// The client.
    pub sqs: Client,
    /// The queue.
    pub url: String,
    dead_letter_queue_url: String,
}

impl TestQueue {
    /// Makes a queue in the SQS at `address`.
    pub async fn create(address: SocketAddr, settings: &QueueSettings) -> Self {
        let sqs = Client::from_conf(local::backends::sqs::client_config(address).build());
        local::backends::sqs::create_queue(&sqs, settings)
            .await
            .unwrap();
        Self {
            sqs,
            url: local::backends::sqs::queue_url(address, settings.name),
            dead_letter_queue_url: local::backends::sqs::queue_url(
                address,
                settings.dead_letter_queue,
            ),
        }
    }

    /// Takes every message there is, at once.
    pub async fn receive_all(&self) -> Vec<SqsMessage> {
        self.receive_from(&self.url).await
    }

    /// Takes every message out of the dead-letter queue.
    pub async fn receive_dead_letters(&self) -> Vec<SqsMessage> {
        self.receive_from(&self.dead_letter_queue_url).await
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

    /// Delivers what there is, one message after another, until nothing is left. `deliver` says whether a message was done;
    /// one that was not comes again.
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

/// What a message of a job says.
#[must_use]
pub fn parse(message: &SqsMessage) -> JobMessage {
    JobMessage::parse(message.body.as_deref().unwrap()).unwrap()
}
