//! Applying presence events to agents.

use domain::presence::{self, EventKind, PresenceEvent};
use store::{PresenceWrite, Store, StoreError};
use thiserror::Error;
use tracing::info;

use crate::clock::Clock;

/// An agent who changes between each read and write is tried at most that many times.
const MAX_ROUNDS: u32 = 6;

/// Why an event was not applied.
#[derive(Debug, Error)]
pub enum ApplyEventError {
    /// The contact centre knows an agent that the table does not have, or not yet.
    #[error("there is no such agent")]
    UnknownAgent,
    /// The agent changed between the read and the write in every round.
    #[error("the agent kept changing for {MAX_ROUNDS} rounds")]
    Unsettled,
    /// DynamoDB refused.
    #[error("DynamoDB")]
    Store(#[from] StoreError),
}

/// Applies an event: with one write if the agent is as expected, and otherwise with one more that fits what was found. An
/// event that changes nothing counts as applied.
///
/// # Errors
/// See [`ApplyEventError`].
pub async fn apply_event(
    store: &Store,
    clock: &Clock,
    event: &PresenceEvent,
) -> Result<(), ApplyEventError> {
    let now = clock.now();
    let mut written = store.write_next_event(event, now).await?;
    for _ in 0..MAX_ROUNDS {
        let PresenceWrite::Rejected(seen) = &written else {
            break;
        };
        let Some(transition) = presence::apply(&seen.presence, event, now) else {
            info!(
                tenant = %event.tenant,
                agent_id = event.agent_id.get(),
                "a presence event changed nothing: it is known, or older than what is known"
            );
            return Ok(());
        };
        written = store
            .write_transition(&event.tenant, event.agent_id, seen, &transition, now)
            .await?;
        if let (PresenceWrite::Applied, Some(request)) = (&written, &transition.logged_out_by) {
            let is_sign_in = matches!(event.kind, EventKind::SignedIn { .. });
            let reason = if is_sign_in {
                "the request had been accepted before the sign-in was reported"
            } else {
                "the call or chat has ended"
            };
            info!(
                tenant = %event.tenant,
                agent_id = event.agent_id.get(),
                %request,
                reason,
                "logged out an agent by an event"
            );
        }
    }
    match written {
        PresenceWrite::Applied => Ok(()),
        PresenceWrite::NoAgent => Err(ApplyEventError::UnknownAgent),
        PresenceWrite::Rejected(_) => Err(ApplyEventError::Unsettled),
    }
}
