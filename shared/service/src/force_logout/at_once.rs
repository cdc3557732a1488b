//! Logging agents out while the caller waits.

use domain::agents::RequestId;
use domain::ids::AgentId;
use domain::logout::{Outcome, TargetSession};
use domain::tenant::Tenant;
use domain::timestamp::Timestamp;
use store::{Consistency, Store, StoreError};
use tracing::info;
use uuid::Uuid;

use super::log_out_agents::{AgentOutcome, LogoutRequest, log_out_agents};

/// Logs out up to 100 distinct agents, in any order, and returns their outcomes.
///
/// # Errors
/// DynamoDB refused, or some agents kept changing. Any of the agents may be logged out then.
pub async fn log_out_at_once(
    store: &Store,
    tenant: Tenant,
    agent_ids: &[AgentId],
    now: Timestamp,
) -> Result<Vec<AgentOutcome>, StoreError> {
    // An id of our own, not the gateway's: if one came twice, an old logout would pass for this request's.
    let id = RequestId::new(Uuid::new_v4().to_string());
    let request = LogoutRequest {
        tenant,
        id,
        accepted_at: now,
        at: now,
        target: TargetSession::FirstSeen,
    };
    let found = store.read_agents(&request.tenant, agent_ids, Consistency::Eventual);
    let outcomes = log_out_agents(store, &request, agent_ids, found.await?).await?;
    let count = |outcome| {
        outcomes
            .iter()
            .filter(|agent| agent.outcome == outcome)
            .count()
    };
    info!(
        tenant = %request.tenant,
        request = %request.id,
        selected = agent_ids.len(),
        logged_out = count(Outcome::LoggedOut),
        deferred = count(Outcome::Deferred),
        "logged out agents",
    );
    Ok(outcomes)
}
