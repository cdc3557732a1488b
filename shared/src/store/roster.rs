//! Loading agents and their team memberships.

use aws_sdk_dynamodb::types::{AttributeValue, PutRequest, WriteRequest};

use super::agent_item::{self, Item};
use super::{Store, StoreError};
use crate::agent::RosterAgent;
use crate::tenant::Tenant;

/// `BatchWriteItem` takes at most that many items (Amazon DynamoDB API Reference).
const MAX_BATCH_WRITE: usize = 25;
/// Items that DynamoDB leaves unprocessed are sent at most that many times.
const MAX_WRITE_ATTEMPTS: u32 = 8;

impl Store {
    /// Writes agents as the roster has them, over what was there, and adds them to their teams.
    ///
    /// # Errors
    /// DynamoDB refused, or kept leaving items unprocessed; some of the agents are written then. Safe to repeat.
    pub async fn put_roster(
        &self,
        tenant: &Tenant,
        agents: &[RosterAgent],
    ) -> Result<(), StoreError> {
        let items = agents
            .iter()
            .map(|agent| agent_item::of_roster_agent(tenant, agent))
            .collect();
        self.put_all(&self.tables.agents, items).await?;
        let members = agents
            .iter()
            .flat_map(|agent| memberships(tenant, agent))
            .collect();
        self.put_all(&self.tables.team_members, members).await
    }

    async fn put_all(&self, table: &str, items: Vec<Item>) -> Result<(), StoreError> {
        for batch in items.chunks(MAX_BATCH_WRITE) {
            let mut writes: Vec<WriteRequest> = batch.iter().cloned().map(put).collect();
            for attempt in 0..MAX_WRITE_ATTEMPTS {
                if attempt > 0 {
                    self.backoff.pause(attempt).await;
                }
                let call = self.client.batch_write_item().request_items(table, writes);
                let answer = call
                    .send()
                    .await
                    .map_err(StoreError::call("BatchWriteItem"))?;
                let unprocessed = answer
                    .unprocessed_items
                    .and_then(|mut tables| tables.remove(table));
                writes = unprocessed.unwrap_or_default();
                if writes.is_empty() {
                    break;
                }
            }
            if !writes.is_empty() {
                return Err(StoreError::Unsettled {
                    agents: writes.len(),
                    rounds: MAX_WRITE_ATTEMPTS,
                });
            }
        }
        Ok(())
    }
}

fn put(item: Item) -> WriteRequest {
    let request = PutRequest::builder()
        .set_item(Some(item))
        .build()
        .expect("the item is set");
    WriteRequest::builder().put_request(request).build()
}

fn memberships(tenant: &Tenant, agent: &RosterAgent) -> impl Iterator<Item = Item> {
    agent.team_ids.iter().map(move |team_id| {
        Item::from([
            (
                "team_key".to_owned(),
                AttributeValue::S(format!("{tenant}#{team_id}")),
            ),
            (
                "agent_id".to_owned(),
                AttributeValue::N(agent.agent_id.to_string()),
            ),
        ])
    })
}
