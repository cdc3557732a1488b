//! Applies what the contact centre tells of its agents to the agents table.

use aws_lambda_events::sqs::{SqsBatchResponse, SqsEvent, SqsMessage};
use logout::app::App;
use logout::batch::{self, Failed, NoTime};
use logout::logging::error_chain;
use logout::presence;
use logout::presence_event::{EventError, PresenceEvent};
use logout::store::{PresenceWrite, StoreError};
use logout::tenant::Tenant;
use logout::timestamp::Timestamp;
use thiserror::Error;
use tracing::{info, warn};

/// So many events of a batch are applied at once; the event source hands over at most as many.
const MAX_PARALLEL_EVENTS: usize = 10;
/// An agent who changes between what was seen and the write is looked at anew that often.
const MAX_ROUNDS: u32 = 6;

/// Why an event comes back. It is reported to SQS, which hands it out again and in the end moves it to the dead-letter
/// queue.
#[derive(Debug, Error)]
enum PresenceError {
    /// The body is not an event.
    #[error("the event cannot be read")]
    Unreadable(#[from] EventError),
    /// The contact centre knows an agent that the table does not, or not yet.
    #[error("there is no such agent")]
    NoAgent,
    /// The function is about to be stopped.
    #[error(transparent)]
    NoTime(#[from] NoTime),
    /// DynamoDB refused.
    #[error("DynamoDB")]
    Store(#[from] StoreError),
}

/// Applies a batch of events until `deadline`, and reports those that are to come again.
pub async fn handle(app: &App, event: SqsEvent, deadline: Timestamp) -> SqsBatchResponse {
    let work = |message| process_message(app, message, deadline);
    batch::each_message(MAX_PARALLEL_EVENTS, event, work).await
}

async fn process_message(
    app: &App,
    message: SqsMessage,
    deadline: Timestamp,
) -> Result<(), Failed> {
    let body = message.body.as_deref().unwrap_or_default();
    let event = PresenceEvent::parse(body, app.clock.now());
    let result = match &event {
        Ok(event) => apply_in_time(app, event, deadline).await,
        Err(error) => Err(error.clone().into()),
    };
    let Err(error) = result else {
        return Ok(());
    };
    let event = event.as_ref().ok();
    warn!(
        message_id = message.message_id,
        tenant = event.map(|event| Tenant::as_str(&event.tenant)),
        agent_id = event.map(|event| event.agent_id.get()),
        error = error_chain(&error),
        "a presence event failed"
    );
    Err(Failed)
}

async fn apply_in_time(
    app: &App,
    event: &PresenceEvent,
    deadline: Timestamp,
) -> Result<(), PresenceError> {
    batch::in_time(&app.clock, deadline, Box::pin(apply(app, event))).await?
}

/// Applies an event: with one write if it comes as expected, and otherwise with one more that fits what is there. An event
/// that changes nothing is done with.
async fn apply(app: &App, event: &PresenceEvent) -> Result<(), PresenceError> {
    let (store, now) = (&app.store, app.clock.now());
    let mut written = store.write_next_event(event, now).await?;
    for _ in 0..MAX_ROUNDS {
        let seen = match written {
            PresenceWrite::Done => return Ok(()),
            PresenceWrite::NoAgent => return Err(PresenceError::NoAgent),
            PresenceWrite::Otherwise(seen) => seen,
        };
        let Some(transition) = presence::apply(&seen.presence, event, now) else {
            return Ok(());
        };
        written = store
            .write_transition(&event.tenant, event.agent_id, &seen, &transition, now)
            .await?;
        if let (PresenceWrite::Done, Some(request)) = (&written, &transition.logged_out_by) {
            info!(
                tenant = %event.tenant,
                agent_id = %event.agent_id,
                %request,
                "logged out an agent whose call or chat has ended"
            );
        }
    }
    match written {
        PresenceWrite::Done => Ok(()),
        _ => Err(StoreError::Unsettled {
            items: 1,
            rounds: MAX_ROUNDS,
        }
        .into()),
    }
}
