//! Invoking the functions that nobody calls. If the tap lets one die, all that it was given has failed.

use std::sync::Arc;
use std::time::Duration;

use aws_lambda_events::dynamodb::{Event, EventRecord};
use aws_lambda_events::sqs::{SqsBatchResponse, SqsEvent, SqsMessage};
use logout::app::App;
use logout::event_sources::{AGENTS_STREAM, JOBS, PRESENCE};
use logout::timestamp::Timestamp;

use crate::tap::Tap;

/// Invokes `logout-worker`; answers the ids of the messages that failed.
pub async fn to_worker(app: &Arc<App>, tap: &Tap, messages: Vec<SqsMessage>) -> Vec<String> {
    let (event, ids) = event(messages);
    let deadline = deadline(app, JOBS.function_timeout_seconds);
    tokio::select! {
        answer = logout_worker::handle(app, event, deadline) => failed(answer),
        () = tap.death() => ids,
    }
}

/// Invokes `presence`; answers the ids of the messages that failed.
pub async fn to_presence(app: &Arc<App>, tap: &Tap, messages: Vec<SqsMessage>) -> Vec<String> {
    let (event, ids) = event(messages);
    let deadline = deadline(app, PRESENCE.function_timeout_seconds);
    tokio::select! {
        answer = presence::handle(app, event, deadline) => failed(answer),
        () = tap.death() => ids,
    }
}

/// Invokes `deferred-logout`; answers the sequence number from which on the records are to come again.
pub async fn to_deferred_logout(
    app: &Arc<App>,
    tap: &Tap,
    records: Vec<EventRecord>,
) -> Option<String> {
    let first = records.first()?.change.sequence_number.clone();
    let mut event = Event::default();
    event.records = records;
    let deadline = deadline(app, AGENTS_STREAM.function_timeout_seconds);
    tokio::select! {
        mut answer = deferred_logout::handle(app, event, deadline) => {
            answer.batch_item_failures.pop()?.item_identifier
        }
        () = tap.death() => first,
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

fn deadline(app: &App, function_timeout_seconds: u32) -> Timestamp {
    let time = Duration::from_secs(function_timeout_seconds.into());
    app.clock.now().plus(time)
}
