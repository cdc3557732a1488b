//! Reading agents.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::KeysAndAttributes;
use tracing::warn;

use super::item::{Item, agent_id_of_key, agent_key};
use super::{Store, StoreError, agent_item};
use crate::agent::Agent;
use crate::ids::AgentId;
use crate::tenant::Tenant;

/// `BatchGetItem` takes at most that many keys (Amazon DynamoDB API Reference).
pub const MAX_BATCH_GET: usize = 100;
/// Keys that DynamoDB leaves unprocessed are asked for at most that many times.
const MAX_READ_ATTEMPTS: u32 = 6;

/// How old a read may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Freshness {
    /// A moment behind, for half the price.
    Eventual,
    /// With every write that was confirmed.
    Latest,
}

impl Store {
    /// Reads up to [`MAX_BATCH_GET`] agents, each at most once in `agent_ids`. Missing ones are left out.
    ///
    /// # Errors
    /// DynamoDB refused, or kept leaving keys unprocessed.
    pub async fn read_agents(
        &self,
        tenant: &Tenant,
        agent_ids: &[AgentId],
        freshness: Freshness,
    ) -> Result<HashMap<AgentId, Agent>, StoreError> {
        let mut agents = HashMap::with_capacity(agent_ids.len());
        let mut keys: Vec<Item> = agent_ids
            .iter()
            .map(|&agent_id| Item::from([("agent_key".to_owned(), agent_key(tenant, agent_id))]))
            .collect();
        for attempt in 0..MAX_READ_ATTEMPTS {
            if keys.is_empty() {
                return Ok(agents);
            }
            let (items, unprocessed) = self.read_batch(keys, freshness).await?;
            agents.extend(items.into_iter().filter_map(identified));
            if unprocessed.is_empty() {
                return Ok(agents);
            }
            keys = unprocessed;
            self.backoff.pause(attempt).await;
        }
        Err(StoreError::Unsettled {
            items: keys.len(),
            rounds: MAX_READ_ATTEMPTS,
        })
    }

    /// The items there are, and the keys that were left unprocessed.
    async fn read_batch(
        &self,
        keys: Vec<Item>,
        freshness: Freshness,
    ) -> Result<(Vec<Item>, Vec<Item>), StoreError> {
        let table = &self.tables.agents;
        let wanted = KeysAndAttributes::builder()
            .set_keys(Some(keys))
            .consistent_read(freshness == Freshness::Latest)
            .build()
            .expect("the keys are set");
        let call = self.client.batch_get_item().request_items(table, wanted);
        let answer = call.send().await;
        let answer = answer.map_err(StoreError::call("BatchGetItem"))?;
        let items = answer
            .responses
            .and_then(|mut tables| tables.remove(table))
            .unwrap_or_default();
        let unprocessed = answer
            .unprocessed_keys
            .and_then(|mut tables| tables.remove(table));
        Ok((items, unprocessed.map(|rest| rest.keys).unwrap_or_default()))
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
