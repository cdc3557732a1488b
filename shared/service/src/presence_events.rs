//! Applying presence events to agents.

use domain::presence::{self, EventKind, PresenceEvent};
use store::{PresenceWrite, Store, StoreError};
use thiserror::Error;
use tracing::info;

use crate::clock::Clock;

/// Why an event was not applied.
#[derive(Debug, Error)]
pub enum ApplyEventError {
    /// The contact centre knows an agent that the table does not have, or not yet.
    #[error("there is no such agent")]
    UnknownAgent,
    /// The agent changed between the read and the write in every round.
    #[error("the agent kept changing for {0} rounds")]
    Unsettled(u32),
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
    let mut tries = store.tries();
    loop {
        let seen = match &written {
            PresenceWrite::Applied => return Ok(()),
            PresenceWrite::NoAgent => return Err(ApplyEventError::UnknownAgent),
            PresenceWrite::Rejected(seen) => seen,
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
        let is_rejected = matches!(written, PresenceWrite::Rejected(_));
        if is_rejected && !tries.again("applying an event", "the agent changed").await {
            return Err(ApplyEventError::Unsettled(tries.failed()));
        }
    }
}
