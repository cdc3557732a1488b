//! Importing a roster: it changes names and teams, and never the status or session of an agent.

use std::collections::BTreeSet;
use std::ops::AddAssign;
use std::pin::pin;

use aws_sdk_dynamodb::types::TransactWriteItem;
use domain::agents::RosterAgent;
use domain::ids::{AgentId, TeamId};
use domain::tenant::Tenant;
use futures::stream::{self, StreamExt, TryStreamExt};

use super::change_teams::{
    MAX_ATTEMPTS, MAX_PARALLEL_WRITES, StoredAgent, StoredAgents, as_expected, set_teams,
};
use super::team_steps::{TeamStep, Teams, team_steps};
use crate::calls::{ConditionalWrite, MAX_BATCH_GET, put_new};
use crate::error::StoreError;
use crate::items::agent_item;
use crate::items::attributes::{Item, text};
use crate::items::keys::agent_key;
use crate::store::Store;

/// What an import changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Imported {
    /// Agents who were not in the table.
    pub added: usize,
    /// Agents who were: they have the roster's profile and teams now, and are otherwise unchanged.
    pub kept: usize,
    /// New memberships.
    pub joined: usize,
    /// Removed memberships.
    pub left: usize,
}

impl AddAssign for Imported {
    fn add_assign(&mut self, other: Self) {
        self.added += other.added;
        self.kept += other.kept;
        self.joined += other.joined;
        self.left += other.left;
    }
}

impl Store {
    /// Adds the agents who are not in the table, and gives those who are the profile and the teams of the roster; their
    /// status, session, address, pending and last logout stay. Agents who are as the roster has them are not written. Up to
    /// [`MAX_BATCH_GET`] agents, each once.
    ///
    /// At any moment, an agent names every team of which a membership exists, two imports at once included. So the next import
    /// finds whatever an interrupted import left, also with another roster.
    ///
    /// # Errors
    /// DynamoDB refused, or kept throttling; some of the agents may be written then.
    pub async fn import_agents(
        &self,
        tenant: &Tenant,
        agents: &[RosterAgent],
    ) -> Result<Imported, StoreError> {
        debug_assert!(agents.len() <= MAX_BATCH_GET, "{} agents", agents.len());
        let mut open: Vec<&RosterAgent> = agents.iter().collect();
        let mut at_first = None;
        let mut rounds = 0;
        loop {
            let tried = self.import_open(tenant, &mut open, &mut at_first).await;
            rounds += 1;
            let items = open.len();
            let error = match tried {
                Ok(()) if open.is_empty() => {
                    return Ok(changes(agents, &at_first.unwrap_or_default()));
                }
                Ok(()) => StoreError::Unsettled { items, rounds },
                Err(error) => error,
            };
            if rounds == MAX_ATTEMPTS || !error.is_transient() {
                return Err(error);
            }
            self.retries.backoff.pause(rounds).await;
        }
    }

    /// Tries the agents who are left in `open`, and removes those who are done. The first read counts as the state before: a
    /// later one sees what this import wrote.
    async fn import_open(
        &self,
        tenant: &Tenant,
        open: &mut Vec<&RosterAgent>,
        at_first: &mut Option<StoredAgents>,
    ) -> Result<(), StoreError> {
        let agent_ids: Vec<AgentId> = open.iter().map(|agent| agent.agent_id).collect();
        let stored = self.stored_agents(tenant, &agent_ids).await?;
        at_first.get_or_insert_with(|| stored.clone());
        let writes = open.iter().map(|agent| async {
            let stored = stored.get(&agent.agent_id);
            (*agent, self.import_agent(tenant, agent, stored).await)
        });
        let done = each_applied(writes).await?;
        open.retain(|agent| !done.contains(&agent.agent_id));
        Ok(())
    }

    /// Adds or updates one agent. Rejected if another writer changed the teams, added or removed the agent since; some of the
    /// steps may be made then.
    async fn import_agent(
        &self,
        tenant: &Tenant,
        agent: &RosterAgent,
        stored: Option<&StoredAgent>,
    ) -> Result<ConditionalWrite, StoreError> {
        let wanted: Teams = agent.team_ids.iter().copied().collect();
        let steps = match stored {
            Some(stored) => team_steps(&stored.details.team_ids, &stored.memberships, &wanted),
            None => team_steps(&Teams::new(), &Teams::new(), &wanted),
        };
        let is_profile_right =
            stored.is_some_and(|stored| stored.details.agent.profile == agent.profile);
        let mut is_there = stored.is_some();
        for step in steps {
            if step.changes.is_empty() && is_profile_right {
                break;
            }
            let write = if is_there {
                self.update_imported(tenant, agent, &step)
            } else {
                self.add_imported(tenant, agent, &step)
            };
            let written = self
                .write_step(tenant, agent.agent_id, write, &step)
                .await?;
            if written == ConditionalWrite::Rejected {
                return Ok(ConditionalWrite::Rejected);
            }
            is_there = true;
        }
        Ok(ConditionalWrite::Applied)
    }

    fn add_imported(
        &self,
        tenant: &Tenant,
        agent: &RosterAgent,
        step: &TeamStep,
    ) -> TransactWriteItem {
        let team_ids = step.after.iter().copied().collect();
        let agent = RosterAgent {
            team_ids,
            ..agent.clone()
        };
        let item = agent_item::of_roster_agent(tenant, &agent);
        put_new(&self.tables.agents, item, "agent_status")
    }

    fn update_imported(
        &self,
        tenant: &Tenant,
        agent: &RosterAgent,
        step: &TeamStep,
    ) -> TransactWriteItem {
        let key = Item::from([("agent_key".to_owned(), agent_key(tenant, agent.agent_id))]);
        set_teams(as_expected(step), &step.after)
            .set("agent_name", text(&agent.profile.name))
            .set("email", text(&agent.profile.email))
            .set("agent_number", text(&agent.profile.agent_number))
            .update(&self.tables.agents, key)
    }
}

/// The agents whose write was applied. Those whose write was throttled are left out too.
async fn each_applied<'a, W>(
    writes: impl Iterator<Item = W>,
) -> Result<BTreeSet<AgentId>, StoreError>
where
    W: Future<Output = (&'a RosterAgent, Result<ConditionalWrite, StoreError>)>,
{
    let mut written = BTreeSet::new();
    let writes = writes.map(|write| async {
        match write.await {
            (agent, Ok(ConditionalWrite::Applied)) => Ok(Some(agent.agent_id)),
            (_, Ok(ConditionalWrite::Rejected)) => Ok(None),
            (_, Err(error)) if error.is_transient() => Ok(None),
            (_, Err(error)) => Err(error),
        }
    });
    let mut writes = pin!(stream::iter(writes).buffer_unordered(MAX_PARALLEL_WRITES));
    while let Some(agent_id) = writes.try_next().await? {
        written.extend(agent_id);
    }
    Ok(written)
}

/// What the import changed, now that the table has these agents as the roster has them.
fn changes(agents: &[RosterAgent], before: &StoredAgents) -> Imported {
    let mut changes = Imported::default();
    for agent in agents {
        let stored = before.get(&agent.agent_id);
        let teams = stored.map(|stored| &stored.details.team_ids);
        let is_new = |team_id: &&TeamId| teams.is_none_or(|teams| !teams.contains(team_id));
        let is_left = |team_id: &&TeamId| !agent.team_ids.contains(team_id);
        changes.added += usize::from(teams.is_none());
        changes.kept += usize::from(teams.is_some());
        changes.joined += agent.team_ids.iter().filter(is_new).count();
        changes.left += teams.into_iter().flatten().filter(is_left).count();
    }
    changes
}
