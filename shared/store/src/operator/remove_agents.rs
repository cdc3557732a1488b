//! Removing agents, with their memberships.

use std::collections::{BTreeMap, BTreeSet};

use domain::agents::AgentDetails;
use domain::ids::AgentId;
use domain::tenant::Tenant;
use futures::stream::{self, StreamExt, TryStreamExt};

use super::change_teams::{MAX_ATTEMPTS, MAX_PARALLEL_WRITES, as_expected, set_teams};
use super::team_steps::{Teams, team_steps};
use crate::calls::ConditionalWrite;
use crate::error::StoreError;
use crate::items::attributes::{Item, epoch_ms};
use crate::items::keys::agent_key;
use crate::store::Store;

/// What is done with agents who are online.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnlineAgents {
    /// They stay in the table: once removed, they could not be logged out any more.
    Keep,
    /// They are removed too.
    Remove,
}

/// What became of an agent who was to be removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Removal {
    /// The agent and every membership are gone.
    Removed,
    /// The table has no such agent.
    NotFound,
    /// The agent is online, and stays.
    Online,
}

impl Store {
    /// Removes agents, each given once, with their memberships. As in an import, an agent names every team of which a
    /// membership exists, at any moment.
    ///
    /// # Errors
    /// DynamoDB refused, or kept throttling; some of the agents may be removed then. Safe to repeat.
    pub async fn remove_agents(
        &self,
        tenant: &Tenant,
        agent_ids: &[AgentId],
        online: OnlineAgents,
    ) -> Result<BTreeMap<AgentId, Removal>, StoreError> {
        let mut removals = BTreeMap::new();
        let mut open = agent_ids.to_vec();
        let mut found = BTreeSet::new();
        let mut rounds = 0;
        loop {
            let agents = self.agent_details(tenant, &open).await?;
            found.extend(agents.iter().map(|agent| agent.agent_id));
            let ids = agents.iter().map(|agent| agent.agent_id);
            let there: BTreeSet<AgentId> = ids.collect();
            for agent_id in open.iter().filter(|id| !there.contains(id)) {
                // One who was there before is removed by a write whose answer got lost.
                let is_removed = found.contains(agent_id);
                let missing = if is_removed {
                    Removal::Removed
                } else {
                    Removal::NotFound
                };
                removals.insert(*agent_id, missing);
            }
            removals.extend(self.remove_found(tenant, &agents, online).await?);
            open.retain(|agent_id| !removals.contains_key(agent_id));
            rounds += 1;
            match open.len() {
                0 => return Ok(removals),
                items if rounds == MAX_ATTEMPTS => {
                    return Err(StoreError::Unsettled { items, rounds });
                }
                _ => self.retries.backoff.pause(rounds).await,
            }
        }
    }

    /// Tries these agents; those whose write was rejected or throttled are left out of the result.
    async fn remove_found(
        &self,
        tenant: &Tenant,
        agents: &[AgentDetails],
        online: OnlineAgents,
    ) -> Result<Vec<(AgentId, Removal)>, StoreError> {
        let removals = agents.iter().map(|agent| async move {
            if online == OnlineAgents::Keep && is_online(agent) {
                return Ok(Some((agent.agent_id, Removal::Online)));
            }
            match self.remove_agent(tenant, agent, online).await {
                Ok(ConditionalWrite::Applied) => Ok(Some((agent.agent_id, Removal::Removed))),
                Ok(ConditionalWrite::Rejected) => Ok(None),
                Err(error) if error.is_transient() => Ok(None),
                Err(error) => Err(error),
            }
        });
        let removals = stream::iter(removals).buffer_unordered(MAX_PARALLEL_WRITES);
        let removals: Vec<Option<(AgentId, Removal)>> = removals.try_collect().await?;
        Ok(removals.into_iter().flatten().collect())
    }

    /// Removes one agent. Rejected if another writer changed the teams or removed the agent since, or they signed in; some of
    /// the memberships may be removed then.
    async fn remove_agent(
        &self,
        tenant: &Tenant,
        agent: &AgentDetails,
        online: OnlineAgents,
    ) -> Result<ConditionalWrite, StoreError> {
        let table = &self.tables.agents;
        let steps = team_steps(&agent.team_ids, &agent.team_ids, &Teams::new());
        for (number, step) in steps.iter().enumerate() {
            let key = Item::from([("agent_key".to_owned(), agent_key(tenant, agent.agent_id))]);
            let seen = as_expected(step);
            let seen = match online {
                OnlineAgents::Remove => seen,
                OnlineAgents::Keep => {
                    let session = agent.agent.session.map(epoch_ms);
                    seen.only_if_still("online_since", session.as_ref())
                }
            };
            let write = if number + 1 == steps.len() {
                seen.deletion(table, key)
            } else {
                set_teams(seen, &step.after).update(table, key)
            };
            let written = self.write_step(tenant, agent.agent_id, write, step).await?;
            if written == ConditionalWrite::Rejected {
                return Ok(ConditionalWrite::Rejected);
            }
        }
        Ok(ConditionalWrite::Applied)
    }
}

fn is_online(agent: &AgentDetails) -> bool {
    !agent.agent.status.is_offline() && agent.agent.session.is_some()
}
