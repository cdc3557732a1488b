//! Loading agents and their team memberships.

use super::item::{Item, number, team_key};
use super::{Store, StoreError, agent_item};
use crate::agent::RosterAgent;
use crate::ids::{AgentId, TeamId};
use crate::tenant::Tenant;

/// So many batches are under way at once: 200 items, a fifth of what one partition takes a second.
pub(super) const PARALLEL_BATCHES: usize = 8;

impl Store {
    /// Writes agents as the roster has them, over what was there, and adds them to their teams.
    ///
    /// # Errors
    /// DynamoDB refused, or kept leaving items unprocessed; some of the agents are written then. Safe to repeat.
    pub async fn load_agents(
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

/// The item of a membership, which is a key and nothing else.
pub(super) fn membership(tenant: &Tenant, team_id: TeamId, agent_id: AgentId) -> Item {
    Item::from([
        ("team_key".to_owned(), team_key(tenant, team_id)),
        ("agent_id".to_owned(), number(agent_id)),
    ])
}
