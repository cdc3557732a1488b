//! Writing agents and their memberships as a roster has them, over what is stored.

use domain::agents::RosterAgent;
use domain::tenant::Tenant;

use crate::error::StoreError;
use crate::items::agent_item;
use crate::items::attributes::Item;
use crate::items::keys::membership;
use crate::store::Store;

/// The maximum number of batches under way: 200 items, a fifth of what one partition takes in a second.
pub(super) const PARALLEL_BATCHES: usize = 8;

impl Store {
    /// Writes agents as the roster has them, over what is stored, and adds them to their teams.
    ///
    /// # Errors
    /// DynamoDB refused, or kept leaving items unprocessed; some of the agents are written then. Safe to repeat.
    pub async fn overwrite_agents(
        &self,
        tenant: &Tenant,
        agents: &[RosterAgent],
    ) -> Result<(), StoreError> {
        let items = agents
            .iter()
            .map(|agent| agent_item::of_roster_agent(tenant, agent));
        self.put_all(&self.tables.agents, items, PARALLEL_BATCHES)
            .await?;
        let memberships = agents.iter().flat_map(|agent| memberships(tenant, agent));
        self.put_all(&self.tables.team_members, memberships, PARALLEL_BATCHES)
            .await
    }
}

/// The items of an agent's memberships.
pub(super) fn memberships(tenant: &Tenant, agent: &RosterAgent) -> impl Iterator<Item = Item> {
    let team_ids = agent.team_ids.iter();
    team_ids.map(move |team_id| membership(tenant, *team_id, agent.agent_id))
}
