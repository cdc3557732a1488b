//! Finding the agents that a request selects: its look-ups are read, and each agent counts once.

use domain::ids::AgentId;
use domain::limits::MAX_LOOK_UPS_AT_ONCE;
use domain::selection::Selection;
use domain::tenant::Tenant;
use futures::stream::{self, FuturesUnordered, StreamExt, TryStreamExt};
use store::{Store, StoreError};

/// The maximum number of look-ups of a job under way.
const MAX_PARALLEL_LOOK_UPS: usize = 16;

/// The distinct agents that a request selects, unless they are too many to be logged out while the caller waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SelectedAgents {
    /// All of them, by id; some may be offline or missing.
    All(Vec<AgentId>),
    /// More than the limit, or more look-ups than [`MAX_LOOK_UPS_AT_ONCE`].
    TooMany,
}

/// Finds the selected agents, and stops reading once more than `limit` distinct agents are known.
///
/// # Errors
/// DynamoDB refused.
pub async fn resolve_up_to(
    store: &Store,
    tenant: &Tenant,
    selection: &Selection,
    limit: usize,
) -> Result<SelectedAgents, StoreError> {
    let mut found = selection.agent_ids.clone();
    if found.len() > limit || selection.look_ups.len() > MAX_LOOK_UPS_AT_ONCE {
        return Ok(SelectedAgents::TooMany);
    }
    let look_ups = selection.look_ups.iter().copied();
    let look_ups = look_ups.map(|look_up| store.look_up(tenant, look_up, limit + 1));
    let mut look_ups: FuturesUnordered<_> = look_ups.collect();
    while let Some(agent_ids) = look_ups.try_next().await? {
        found.extend(agent_ids);
        if found.len() > limit {
            return Ok(SelectedAgents::TooMany);
        }
    }
    Ok(SelectedAgents::All(found.into_iter().collect()))
}

/// Finds every selected agent, sorted by id. Takes the memory of two or three times their ids, however often the look-ups
/// find the same agents.
///
/// # Errors
/// DynamoDB refused.
pub async fn resolve_all(
    store: &Store,
    tenant: &Tenant,
    selection: &Selection,
) -> Result<Vec<AgentId>, StoreError> {
    let mut found: Vec<AgentId> = selection.agent_ids.iter().copied().collect();
    let mut distinct = found.len();
    let look_ups = selection.look_ups.iter().copied();
    let look_ups = look_ups.map(|look_up| store.look_up(tenant, look_up, usize::MAX));
    let mut look_ups = stream::iter(look_ups).buffer_unordered(MAX_PARALLEL_LOOK_UPS);
    while let Some(agent_ids) = look_ups.try_next().await? {
        found.extend(agent_ids);
        if found.len() > 2 * distinct {
            found.sort_unstable();
            found.dedup();
            distinct = found.len();
        }
    }
    found.sort_unstable();
    found.dedup();
    Ok(found)
}
