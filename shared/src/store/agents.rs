//! Reading agents.

use std::collections::HashMap;

use tracing::warn;

use super::batch_read::ByTable;
use super::item::{Item, agent_id_of_key, agent_key};
use super::{Freshness, Store, StoreError, agent_item};
use crate::agent::Agent;
use crate::ids::AgentId;
use crate::tenant::Tenant;

/// What a look at some agents found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundAgents {
    /// Those who are there.
    pub agents: HashMap<AgentId, Agent>,
    /// How old it may be.
    pub freshness: Freshness,
}

impl Store {
    /// Reads up to [`MAX_BATCH_GET`](super::MAX_BATCH_GET) agents, each at most once in `agent_ids`. Missing ones are
    /// left out.
    ///
    /// # Errors
    /// DynamoDB refused, or kept leaving keys unprocessed.
    pub async fn read_agents(
        &self,
        tenant: &Tenant,
        agent_ids: &[AgentId],
        freshness: Freshness,
    ) -> Result<FoundAgents, StoreError> {
        let table = &self.tables.agents;
        let keys = ByTable::from([(table.clone(), agent_keys(tenant, agent_ids))]);
        let mut items = self.get_all(keys, freshness).await?;
        let items = items.remove(table).unwrap_or_default();
        Ok(FoundAgents::of_items(items, freshness))
    }
}

/// The keys of agents.
pub(super) fn agent_keys(tenant: &Tenant, agent_ids: &[AgentId]) -> Vec<Item> {
    let key = |&agent_id| Item::from([("agent_key".to_owned(), agent_key(tenant, agent_id))]);
    agent_ids.iter().map(key).collect()
}

impl FoundAgents {
    /// The agents of items; what is none is left out.
    pub(super) fn of_items(items: Vec<Item>, freshness: Freshness) -> Self {
        Self {
            agents: items.into_iter().filter_map(identified).collect(),
            freshness,
        }
    }
}

fn identified(item: Item) -> Option<(AgentId, Agent)> {
    let agent_id = agent_id_of_key(item.get("agent_key")?)?;
    let agent = agent_item::read(item);
    if agent.is_none() {
        warn!(%agent_id, "an item of the agents table has no agent_status; treated as missing");
    }
    agent.map(|agent| (agent_id, agent))
}
