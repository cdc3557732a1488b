//! Agents as an operator looks at them, with everything the table holds.

use std::collections::BTreeSet;

use aws_sdk_dynamodb::types::AttributeValue;

use super::agents::agent_keys;
use super::batch_read::ByTable;
use super::item::{Item, agent_id_of_key, read_time};
use super::{Freshness, MAX_BATCH_GET, Store, StoreError, agent_item};
use crate::address;
use crate::agent::AgentRecord;
use crate::bounded;
use crate::ids::{AgentId, TeamId};
use crate::tenant::Tenant;

/// So many reads are under way at once.
const MAX_PARALLEL_READS: usize = 8;

impl Store {
    /// Every agent of a tenant, in any order. Agents who never signed in are in no index, so this scans the whole table,
    /// other tenants' agents too: for an operator's command, not for a function.
    ///
    /// # Errors
    /// DynamoDB refused.
    pub async fn all_agents(&self, tenant: &Tenant) -> Result<Vec<AgentRecord>, StoreError> {
        let mut agents = Vec::new();
        let mut start = None;
        loop {
            let scan = self.client.scan().table_name(&self.tables.agents);
            let scan = scan
                .consistent_read(true)
                .filter_expression("tenant = :tenant")
                .expression_attribute_values(":tenant", AttributeValue::S(tenant.to_string()))
                .set_exclusive_start_key(start);
            let page = scan.send().await.map_err(StoreError::call("Scan"))?;
            agents.extend(page.items.unwrap_or_default().into_iter().filter_map(read));
            start = page.last_evaluated_key;
            if start.is_none() {
                return Ok(agents);
            }
        }
    }

    /// These agents, each once in `agent_ids`, as they are now, in any order. Missing ones are left out.
    ///
    /// # Errors
    /// DynamoDB refused, or kept leaving keys unprocessed.
    pub async fn agent_records(
        &self,
        tenant: &Tenant,
        agent_ids: &[AgentId],
    ) -> Result<Vec<AgentRecord>, StoreError> {
        let table = &self.tables.agents;
        let reads = agent_ids.chunks(MAX_BATCH_GET).map(|batch| {
            let keys = ByTable::from([(table.clone(), agent_keys(tenant, batch))]);
            self.get_all(keys, Freshness::Latest)
        });
        let mut agents = Vec::with_capacity(agent_ids.len());
        bounded::try_for_each(MAX_PARALLEL_READS, reads, |mut items| {
            let items = items.remove(table).unwrap_or_default();
            agents.extend(items.into_iter().filter_map(read));
        })
        .await?;
        Ok(agents)
    }
}

/// Reads an item; `None` if it has no status, which no agent lacks.
fn read(item: Item) -> Option<AgentRecord> {
    let in_mark = |mark, name| read_time(item.get(mark)?.as_m().ok()?, name);
    Some(AgentRecord {
        agent_id: agent_id_of_key(item.get("agent_key")?)?,
        team_ids: team_ids(&item),
        address: item
            .get("ip")
            .and_then(|ip| address::of_sort_key(ip.as_b().ok()?.as_ref())),
        pending_since: in_mark("pending_logout", "requested_at"),
        last_logout_at: in_mark("last_logout", "at"),
        agent: agent_item::read(item)?,
    })
}

fn team_ids(item: &Item) -> BTreeSet<TeamId> {
    let teams = item.get("team_ids").and_then(|teams| teams.as_ns().ok());
    let ids = teams.into_iter().flatten();
    ids.filter_map(|id| TeamId::new(id.parse().ok()?)).collect()
}
