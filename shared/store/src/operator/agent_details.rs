//! Reading agents as an operator sees them, with everything that the table holds.

use std::collections::BTreeSet;

use aws_sdk_dynamodb::types::AttributeValue;

use domain::agents::{AgentDetails, Statuses};
use domain::ids::{AgentId, TeamId};
use domain::tenant::Tenant;
use futures::stream::{self, StreamExt, TryStreamExt};

use crate::calls::{ByTable, Consistency, MAX_BATCH_GET};
use crate::error::StoreError;
use crate::items::agent_item;
use crate::items::attributes::{Item, read_time};
use crate::items::ip_sort_key::address_of_ip_sort_key;
use crate::items::keys::{agent_id_of_key, agent_keys};
use crate::store::Store;

/// The maximum number of reads under way.
pub(super) const MAX_PARALLEL_READS: usize = 8;

impl Store {
    /// Every agent of a tenant, in any order. Agents who never signed in are in no index, so this scans the whole table,
    /// other tenants' agents too: for an operator's command, not for a function.
    ///
    /// # Errors
    /// DynamoDB refused.
    pub async fn all_agents(&self, tenant: &Tenant) -> Result<Vec<AgentDetails>, StoreError> {
        let scan = self.client.scan().table_name(&self.tables.agents);
        let scan = scan
            .consistent_read(true)
            .filter_expression("tenant = :tenant")
            .expression_attribute_values(":tenant", AttributeValue::S(tenant.to_string()));
        let mut agents = Vec::new();
        let mut items = scan.into_paginator().items().send();
        while let Some(item) = items.next().await {
            let item = item.map_err(StoreError::call("Scan"))?;
            agents.extend(read(item, &self.statuses));
        }
        Ok(agents)
    }

    /// These agents as they are now, in any order. Each must be given once; missing ones are left out.
    ///
    /// # Errors
    /// DynamoDB refused, or kept leaving keys unprocessed.
    pub async fn agent_details(
        &self,
        tenant: &Tenant,
        agent_ids: &[AgentId],
    ) -> Result<Vec<AgentDetails>, StoreError> {
        let table = &self.tables.agents;
        let reads = agent_ids.chunks(MAX_BATCH_GET).map(|batch| {
            let keys = ByTable::from([(table.clone(), agent_keys(tenant, batch))]);
            self.get_all(keys, Consistency::Strong)
        });
        let mut agents = Vec::with_capacity(agent_ids.len());
        let mut reads = stream::iter(reads).buffer_unordered(MAX_PARALLEL_READS);
        while let Some(mut items) = reads.try_next().await? {
            let items = items.remove(table).unwrap_or_default();
            agents.extend(
                items
                    .into_iter()
                    .filter_map(|item| read(item, &self.statuses)),
            );
        }
        Ok(agents)
    }
}

/// Reads an item; `None` if it has no status, which every agent has.
fn read(item: Item, statuses: &Statuses) -> Option<AgentDetails> {
    let time_in = |attribute, name| read_time(item.get(attribute)?.as_m().ok()?, name);
    Some(AgentDetails {
        agent_id: agent_id_of_key(item.get("agent_key")?)?,
        team_ids: team_ids(&item),
        address: item
            .get("ip")
            .and_then(|ip| address_of_ip_sort_key(ip.as_b().ok()?.as_ref())),
        pending_since: time_in("pending_logout", "requested_at"),
        last_logout_at: time_in("last_logout", "at"),
        agent: agent_item::read(item, statuses)?,
    })
}

fn team_ids(item: &Item) -> BTreeSet<TeamId> {
    let teams = item.get("team_ids").and_then(|teams| teams.as_ns().ok());
    let ids = teams.into_iter().flatten();
    ids.filter_map(|id| TeamId::new(id.parse().ok()?)).collect()
}
