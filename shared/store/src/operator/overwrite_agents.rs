//! Writing agents and their memberships as a roster has them, over what is stored.

use std::collections::BTreeMap;

use domain::agents::{AgentDetails, RosterAgent};
use domain::ids::{AgentId, TeamId};
use domain::tenant::Tenant;

use crate::calls::MAX_BATCH_GET;
use crate::error::StoreError;
use crate::items::agent_item;
use crate::items::attributes::Item;
use crate::items::keys::membership;
use crate::store::Store;

/// The maximum number of batches under way: 200 items, a fifth of what one partition takes in a second.
pub(super) const PARALLEL_BATCHES: usize = 8;

impl Store {
    /// Writes agents as the roster has them, over what is stored, and gives them its teams and no others. Nobody else may write
    /// the same agents meanwhile: many are written at once, so without conditions. At any moment, an agent names every team of
    /// which a membership exists.
    ///
    /// # Errors
    /// DynamoDB refused, or kept leaving items unprocessed; some of the agents are written then. Safe to repeat.
    pub async fn overwrite_agents(
        &self,
        tenant: &Tenant,
        agents: &[RosterAgent],
    ) -> Result<(), StoreError> {
        for batch in agents.chunks(PARALLEL_BATCHES * MAX_BATCH_GET) {
            let left = self.memberships_left(tenant, batch).await?;
            self.delete_all(
                &self.tables.team_members,
                left.into_iter(),
                PARALLEL_BATCHES,
            )
            .await?;
        }
        let items = agents
            .iter()
            .map(|agent| agent_item::of_roster_agent(tenant, agent));
        self.put_all(&self.tables.agents, items, PARALLEL_BATCHES)
            .await?;
        let memberships = agents.iter().flat_map(|agent| {
            let item = |team_id: &TeamId| membership(tenant, *team_id, agent.agent_id);
            agent.team_ids.iter().map(item)
        });
        self.put_all(&self.tables.team_members, memberships, PARALLEL_BATCHES)
            .await
    }

    /// The memberships of teams that stored agents name, and the roster does not.
    async fn memberships_left(
        &self,
        tenant: &Tenant,
        agents: &[RosterAgent],
    ) -> Result<Vec<Item>, StoreError> {
        let agent_ids: Vec<AgentId> = agents.iter().map(|agent| agent.agent_id).collect();
        let stored = self.agent_details(tenant, &agent_ids).await?;
        let stored = stored.into_iter().map(|agent| (agent.agent_id, agent));
        let stored: BTreeMap<AgentId, AgentDetails> = stored.collect();
        let left = agents.iter().flat_map(|agent| {
            let before = stored.get(&agent.agent_id).into_iter();
            let before = before.flat_map(|stored| &stored.team_ids);
            let left = before.filter(|team_id| !agent.team_ids.contains(team_id));
            left.map(|team_id| membership(tenant, *team_id, agent.agent_id))
        });
        Ok(left.collect())
    }
}
