//! Finishing pending logouts whose call or chat has ended.

use domain::presence::Transition;
use store::{PresenceWrite, Store, StoreError, StreamedAgent};
use tracing::info;

use crate::clock::Clock;

/// Writes what a pending logout needs, if the agent is still as a record of the stream shows them. If they are not, there is a
/// later record of what they are now.
///
/// # Errors
/// DynamoDB refused.
pub async fn finish_pending_logout(
    store: &Store,
    clock: &Clock,
    agent: &StreamedAgent,
    transition: &Transition,
) -> Result<(), StoreError> {
    let StreamedAgent {
        tenant,
        agent_id,
        seen,
    } = agent;
    let written = store
        .write_transition(tenant, *agent_id, seen, transition, clock.now())
        .await?;
    if let (PresenceWrite::Applied, Some(request)) = (written, &transition.logged_out_by) {
        info!(%tenant, agent_id = agent_id.get(), %request, "logged out an agent whose call or chat has ended");
    }
    Ok(())
}
