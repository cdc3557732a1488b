//! Writing an agent together with their memberships.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::types::TransactWriteItem;
use domain::agents::AgentDetails;
use domain::ids::{AgentId, TeamId};
use domain::tenant::Tenant;
use futures::stream::{self, StreamExt, TryStreamExt};

use super::agent_details::MAX_PARALLEL_READS;
use super::team_steps::{TeamChange, TeamStep, Teams};
use crate::calls::{
    ByTable, ConditionalWrite, Consistency, MAX_BATCH_GET, UpdateExpression, delete, put,
};
use crate::error::StoreError;
use crate::items::agent_item;
use crate::items::attributes::Item;
use crate::items::keys::{agent_and_team_of, membership};
use crate::store::Store;

/// The maximum number of writes under way.
pub(super) const MAX_PARALLEL_WRITES: usize = 25;
/// Agents whose write is throttled, or who are changed by another writer meanwhile, are tried at most that many times, each
/// with the SDK's own retries.
pub(super) const MAX_ATTEMPTS: u32 = 8;

/// An agent who is in the table.
#[derive(Clone, Debug)]
pub(super) struct StoredAgent {
    pub(super) details: AgentDetails,
    /// Their teams of which there is a membership.
    pub(super) memberships: Teams,
}

/// The agents who are in the table.
pub(super) type StoredAgents = BTreeMap<AgentId, StoredAgent>;

impl Store {
    /// Reads agents, each given once, and their memberships in the teams that they name.
    pub(super) async fn stored_agents(
        &self,
        tenant: &Tenant,
        agent_ids: &[AgentId],
    ) -> Result<StoredAgents, StoreError> {
        let agents = self.agent_details(tenant, agent_ids).await?;
        let memberships = agents.iter().flat_map(|agent| {
            let key = |team_id: &TeamId| membership(tenant, *team_id, agent.agent_id);
            agent.team_ids.iter().map(key)
        });
        let keys: Vec<Item> = memberships.collect();
        let table = &self.tables.team_members;
        let reads = keys.chunks(MAX_BATCH_GET).map(|batch| {
            let keys = ByTable::from([(table.clone(), batch.to_vec())]);
            self.get_all(keys, Consistency::Strong)
        });
        let mut found = BTreeMap::<AgentId, Teams>::new();
        let mut reads = stream::iter(reads).buffer_unordered(MAX_PARALLEL_READS);
        while let Some(mut items) = reads.try_next().await? {
            let items = items.remove(table).unwrap_or_default();
            for (agent_id, team_id) in items.iter().filter_map(agent_and_team_of) {
                found.entry(agent_id).or_default().insert(team_id);
            }
        }
        let stored = agents.into_iter().map(|details| {
            let memberships = found.remove(&details.agent_id).unwrap_or_default();
            let agent_id = details.agent_id;
            (
                agent_id,
                StoredAgent {
                    details,
                    memberships,
                },
            )
        });
        Ok(stored.collect())
    }

    /// Makes the write of an agent, which sets their teams or removes them, and the step's changes of memberships, or nothing.
    pub(super) async fn write_step(
        &self,
        tenant: &Tenant,
        agent_id: AgentId,
        agent: TransactWriteItem,
        step: &TeamStep,
    ) -> Result<ConditionalWrite, StoreError> {
        let table = &self.tables.team_members;
        let changes = step.changes.iter().map(|change| match change {
            TeamChange::Join(team_id) => put(table, membership(tenant, *team_id, agent_id)),
            TeamChange::Leave(team_id) => delete(table, membership(tenant, *team_id, agent_id)),
        });
        let writes = [agent].into_iter().chain(changes);
        self.write_together(writes.collect()).await
    }
}

/// The condition that an agent is in the table, with the teams that a step expects.
pub(super) fn as_expected(step: &TeamStep) -> UpdateExpression {
    UpdateExpression::default()
        .only_if("attribute_exists(agent_status)")
        .only_if_still("team_ids", agent_item::team_set(&step.before).as_ref())
}

/// Sets an agent's teams.
pub(super) fn set_teams(update: UpdateExpression, teams: &Teams) -> UpdateExpression {
    match agent_item::team_set(teams) {
        Some(teams) => update.set("team_ids", teams),
        None => update.remove("team_ids"),
    }
}
