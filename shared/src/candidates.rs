//! Who a selection means: its look-ups read, and everybody named once.

use futures::stream::{FuturesUnordered, StreamExt};

use crate::bounded;
use crate::ids::AgentId;
use crate::selection::Selection;
use crate::store::{Store, StoreError};
use crate::tenant::Tenant;

/// A selection with more look-ups than that is not resolved while the caller waits (the HTTP contract).
pub const MAX_IMMEDIATE_LOOK_UPS: usize = 16;

/// A job makes so many look-ups at once.
const MAX_PARALLEL_LOOK_UPS: usize = 16;

/// The distinct agents a selection means, or that they are too many to answer at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Candidates {
    /// All of them, by id; some may be offline or missing.
    All(Vec<AgentId>),
    /// More than the limit, or more look-ups than [`MAX_IMMEDIATE_LOOK_UPS`].
    TooMany,
}

/// Resolves a selection, and stops reading as soon as more than `limit` distinct agents are known.
///
/// # Errors
/// DynamoDB refused.
pub async fn candidates_up_to(
    limit: usize,
    store: &Store,
    tenant: &Tenant,
    selection: &Selection,
) -> Result<Candidates, StoreError> {
    let mut found = selection.agent_ids.clone();
    if found.len() > limit || selection.look_ups.len() > MAX_IMMEDIATE_LOOK_UPS {
        return Ok(Candidates::TooMany);
    }
    let look_ups = selection
        .look_ups
        .iter()
        .copied()
        .map(|look_up| store.look_up(tenant, look_up, limit + 1));
    let mut look_ups: FuturesUnordered<_> = look_ups.collect();
    while let Some(agent_ids) = look_ups.next().await {
        found.extend(agent_ids?);
        if found.len() > limit {
            return Ok(Candidates::TooMany);
        }
    }
    Ok(Candidates::All(found.into_iter().collect()))
}

/// Every distinct agent a selection means, by id, however many. Takes the memory of two or three times their ids, however
/// often the look-ups find the same ones.
///
/// # Errors
/// DynamoDB refused.
pub async fn all_candidates(
    store: &Store,
    tenant: &Tenant,
    selection: &Selection,
) -> Result<Vec<AgentId>, StoreError> {
    let mut found: Vec<AgentId> = selection.agent_ids.iter().copied().collect();
    let mut distinct = found.len();
    let look_ups = selection.look_ups.iter().copied();
    let look_ups = look_ups.map(|look_up| store.look_up(tenant, look_up, usize::MAX));
    bounded::try_for_each(MAX_PARALLEL_LOOK_UPS, look_ups, |agent_ids| {
        found.extend(agent_ids);
        if found.len() > 2 * distinct {
            found.sort_unstable();
            found.dedup();
            distinct = found.len();
        }
    })
    .await?;
    found.sort_unstable();
    found.dedup();
    Ok(found)
}
