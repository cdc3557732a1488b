//! Applies what the contact centre tells of its agents to the agents table.

use std::collections::BTreeMap;

use aws_lambda_events::sqs::{SqsBatchResponse, SqsEvent};
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

/// The events of so many agents are applied at once; the event source hands over at most as many.
const MAX_PARALLEL_AGENTS: usize = 10;
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
    /// The agent changed between what was seen and each write.
    #[error("the agent kept changing for {MAX_ROUNDS} rounds")]
    Unsettled,
    /// The function is about to be stopped.
    #[error(transparent)]
    NoTime(#[from] NoTime),
    /// DynamoDB refused.
    #[error("DynamoDB")]
    Store(#[from] StoreError),
}

/// A message, and the event in it.
struct Told {
    message_id: String,
    event: Result<PresenceEvent, EventError>,
}

/// Applies a batch of events until `deadline`, and reports those that are to come again.
pub async fn handle(app: &App, event: SqsEvent, deadline: Timestamp) -> SqsBatchResponse {
    let now = app.clock.now();
    let told = event.records.into_iter().map(|message| Told {
        message_id: batch::id_of(&message),
        event: PresenceEvent::parse(message.body.as_deref().unwrap_or_default(), now),
    });
    let work = |told| process_message(app, told, deadline);
    batch::each_message(MAX_PARALLEL_AGENTS, by_agent(told), work).await
}

/// The events of one agent are applied in the order in which they happened. In another one they would end alike, but with
/// more writes.
fn by_agent(told: impl Iterator<Item = Told>) -> impl Iterator<Item = Vec<(String, Told)>> {
    let mut groups: BTreeMap<_, Vec<(String, Told)>> = BTreeMap::new();
    for told in told {
        let event = told.event.as_ref().ok();
        let agent = event.map(|event| (event.tenant.clone(), event.agent_id));
        groups
            .entry(agent)
            .or_default()
            .push((told.message_id.clone(), told));
    }
    groups.into_values().map(|mut group| {
        group.sort_by_key(|(_, told)| told.event.as_ref().ok().map(|event| event.at));
        group
    })
}

async fn process_message(app: &App, told: Told, deadline: Timestamp) -> Result<(), Failed> {
    let result = match &told.event {
        Ok(event) => apply_in_time(app, event, deadline).await,
        Err(error) => Err(error.clone().into()),
    };
    let Err(error) = result else {
        return Ok(());
    };
    let event = told.event.as_ref().ok();
    warn!(
        message_id = told.message_id,
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
        let PresenceWrite::Otherwise(seen) = &written else {
            break;
        };
        let Some(transition) = presence::apply(&seen.presence, event, now) else {
            info!(
                tenant = %event.tenant,
                agent_id = event.agent_id.get(),
                "a presence event changed nothing: it is known, or older than what is"
            );
            return Ok(());
        };
        written = store
            .write_transition(&event.tenant, event.agent_id, seen, &transition, now)
            .await?;
        if let (PresenceWrite::Done, Some(request)) = (&written, &transition.logged_out_by) {
            info!(
                tenant = %event.tenant,
                agent_id = event.agent_id.get(),
                %request,
                "logged out an agent whose call or chat has ended"
            );
        }
    }
    match written {
        PresenceWrite::Done => Ok(()),
        PresenceWrite::NoAgent => Err(PresenceError::NoAgent),
        PresenceWrite::Otherwise(_) => Err(PresenceError::Unsettled),
    }
}
