//! Reading agents.

use std::collections::HashMap;

use tracing::warn;

use domain::agents::{Agent, Statuses};
use domain::ids::AgentId;
use domain::tenant::Tenant;

use crate::calls::{ByTable, Consistency};
use crate::error::StoreError;
use crate::items::agent_item;
use crate::items::attributes::Item;
use crate::items::keys::{agent_id_of_key, agent_keys};
use crate::store::Store;

/// The agents that a read found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundAgents {
    /// The agents, by id. Missing ones are left out.
    pub agents: HashMap<AgentId, Agent>,
    /// The consistency of the read.
    pub consistency: Consistency,
}

impl Store {
    /// Reads up to [`MAX_BATCH_GET`](crate::MAX_BATCH_GET) agents, each at most once in `agent_ids`. Missing ones are
    /// left out.
    ///
    /// # Errors
    /// DynamoDB refused, or kept leaving keys unprocessed.
    pub async fn read_agents(
        &self,
        tenant: &Tenant,
        agent_ids: &[AgentId],
        consistency: Consistency,
    ) -> Result<FoundAgents, StoreError> {
        let table = &self.tables.agents;
        let keys = ByTable::from([(table.clone(), agent_keys(tenant, agent_ids))]);
        let mut items = self.get_all(keys, consistency).await?;
        let items = items.remove(table).unwrap_or_default();
        Ok(self.found_agents(items, consistency))
    }

    /// The agents of these items; items that are not agents are left out.
    pub(crate) fn found_agents(&self, items: Vec<Item>, consistency: Consistency) -> FoundAgents {
        let agents = items.into_iter();
        FoundAgents {
            agents: agents
                .filter_map(|item| identified(item, &self.statuses))
                .collect(),
            consistency,
        }
    }
}

fn identified(item: Item, statuses: &Statuses) -> Option<(AgentId, Agent)> {
    let agent_id = agent_id_of_key(item.get("agent_key")?)?;
    let agent = agent_item::read(item, statuses);
    if agent.is_none() {
        warn!(%agent_id, "an item of the agents table has no agent_status; it is treated as missing");
    }
    agent.map(|agent| (agent_id, agent))
}
