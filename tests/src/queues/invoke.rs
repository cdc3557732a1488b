//! Invoking the functions that an event source invokes. If a script lets one die, everything that it was given has failed.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use aws_lambda_events::dynamodb::{Event, EventRecord};
use aws_lambda_events::sqs::{SqsBatchResponse, SqsEvent, SqsMessage};
use domain::timestamp::Timestamp;
use local::functions::Functions;
use service::clock::Clock;
use service::lambda::queue_settings::{JOBS_QUEUE, PLANS_QUEUE, PRESENCE_QUEUE};
use service::lambda::stream_settings::AGENTS_STREAM;

use super::unhandled_messages::UnhandledMessages;
use crate::aws_calls::AwsCalls;

/// Invokes functions as their event sources do. Clones invoke the same functions.
#[derive(Clone)]
pub struct Invoke {
    functions: Arc<Functions>,
    aws_calls: AwsCalls,
    unhandled: UnhandledMessages,
    clock: Clock,
    failed_deliveries: Arc<AtomicUsize>,
}

impl Invoke {
    /// Invokes these functions, whose calls are intercepted by `aws_calls`.
    #[must_use]
    pub fn new(functions: Arc<Functions>, aws_calls: AwsCalls, clock: Clock) -> Self {
        let unhandled = aws_calls.unhandled_messages();
        Self {
            functions,
            aws_calls,
            unhandled,
            clock,
            failed_deliveries: Arc::default(),
        }
    }

    /// Invokes `job-planner`; returns the ids of the messages that failed.
    pub async fn job_planner(&self, messages: Vec<SqsMessage>) -> Vec<String> {
        let (event, ids) = event(messages);
        let deadline = self.deadline(PLANS_QUEUE.function_timeout_seconds);
        let answering = self.functions.job_planner.handle(event, deadline);
        self.note_handled(answering, ids).await
    }

    /// Invokes `logout-worker`; returns the ids of the messages that failed.
    pub async fn logout_worker(&self, messages: Vec<SqsMessage>) -> Vec<String> {
        let (event, ids) = event(messages);
        let deadline = self.deadline(JOBS_QUEUE.function_timeout_seconds);
        let answering = self.functions.logout_worker.handle(event, deadline);
        self.note_handled(answering, ids).await
    }

    /// Invokes `presence`; returns the ids of the messages that failed.
    pub async fn presence(&self, messages: Vec<SqsMessage>) -> Vec<String> {
        let (event, ids) = event(messages);
        let deadline = self.deadline(PRESENCE_QUEUE.function_timeout_seconds);
        let answering = self.functions.presence.handle(event, deadline);
        self.note_handled(answering, ids).await
    }

    /// Returns the ids of the messages that failed.
    async fn note_handled(
        &self,
        answering: impl Future<Output = SqsBatchResponse>,
        ids: Vec<String>,
    ) -> Vec<String> {
        let invoking = async {
            tokio::select! {
                answer = answering => failed(answer),
                () = self.aws_calls.death() => ids.clone(),
            }
        };
        let failed = self.aws_calls.in_virtual_time(Box::pin(invoking)).await;
        for id in ids.iter().filter(|id| !failed.contains(id)) {
            self.unhandled.handled(id);
        }
        self.failed_deliveries
            .fetch_add(failed.len(), Ordering::SeqCst);
        failed
    }

    /// Invokes `pending-logouts`; returns the sequence number of the first record that failed.
    pub async fn pending_logouts(&self, records: Vec<EventRecord>) -> Option<String> {
        let first = records.first()?.change.sequence_number.clone();
        let mut event = Event::default();
        event.records = records;
        let deadline = self.deadline(AGENTS_STREAM.function_timeout_seconds);
        let invoking = async {
            tokio::select! {
                mut answer = self.functions.pending_logouts.handle(event, deadline) => {
                    answer.batch_item_failures.pop()?.item_identifier
                }
                () = self.aws_calls.death() => first,
            }
        };
        let failed = self.aws_calls.in_virtual_time(Box::pin(invoking)).await;
        self.failed_deliveries
            .fetch_add(failed.iter().count(), Ordering::SeqCst);
        failed
    }

    /// How many messages and batches of records have failed so far.
    #[must_use]
    pub fn failed_deliveries(&self) -> usize {
        self.failed_deliveries.load(Ordering::SeqCst)
    }

    fn deadline(&self, function_timeout_seconds: u32) -> Timestamp {
        let time = Duration::from_secs(function_timeout_seconds.into());
        self.clock.now().plus(time)
    }
}

fn event(messages: Vec<SqsMessage>) -> (SqsEvent, Vec<String>) {
    let ids = messages
        .iter()
        .filter_map(|message| message.message_id.clone());
    let ids = ids.collect();
    let mut event = SqsEvent::default();
    event.records = messages;
    (event, ids)
}

fn failed(answer: SqsBatchResponse) -> Vec<String> {
    let failures = answer.batch_item_failures.into_iter();
    failures.map(|failure| failure.item_identifier).collect()
}
