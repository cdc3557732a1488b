//! Reading agents.

use std::collections::HashMap;

use tracing::warn;

use super::item::{Item, agent_id_of_key, agent_key};
use super::{Freshness, Store, StoreError, agent_item};
use crate::agent::Agent;
use crate::ids::AgentId;
use crate::tenant::Tenant;

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
    ) -> Result<HashMap<AgentId, Agent>, StoreError> {
        let key = |&agent_id| Item::from([("agent_key".to_owned(), agent_key(tenant, agent_id))]);
        let keys = agent_ids.iter().map(key).collect();
        let items = self.get_all(&self.tables.agents, keys, freshness).await?;
        Ok(items.into_iter().filter_map(identified).collect())
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
