//! Importing a roster: it changes names and teams, and never the status or session of an agent.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::AddAssign;
use std::pin::pin;

use domain::agents::RosterAgent;
use domain::ids::{AgentId, TeamId};
use domain::tenant::Tenant;
use futures::stream::{self, StreamExt, TryStreamExt};

use super::overwrite_agents::{PARALLEL_BATCHES, memberships};
use crate::calls::{ConditionalWrite, MAX_BATCH_GET, UpdateExpression, conditional_write};
use crate::error::StoreError;
use crate::items::agent_item;
use crate::items::attributes::text;
use crate::items::keys::{agent_key, membership};
use crate::store::Store;

/// The maximum number of writes under way.
const MAX_PARALLEL_WRITES: usize = 25;
/// Agents whose write is throttled, or who are changed by another writer meanwhile, are tried at most that many times, each
/// with the SDK's own retries.
const MAX_IMPORT_ATTEMPTS: u32 = 8;

/// The agents who are in the table, and their teams there.
type TeamsBefore = BTreeMap<AgentId, BTreeSet<TeamId>>;

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
    /// status, session, address, pending and last logout stay. Up to [`MAX_BATCH_GET`] agents, each once.
    ///
    /// At any moment, an agent names every team of which a membership exists. So the next import finds whatever an interrupted
    /// import left, also with another roster.
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
            if rounds == MAX_IMPORT_ATTEMPTS || !error.is_transient() {
                return Err(error);
            }
            self.backoff.pause(rounds).await;
        }
    }

    /// Tries the agents who are left in `open`, and removes those who are done. The first read counts as the state before: a
    /// later one sees what this import wrote.
    async fn import_open(
        &self,
        tenant: &Tenant,
        open: &mut Vec<&RosterAgent>,
        at_first: &mut Option<TeamsBefore>,
    ) -> Result<(), StoreError> {
        let before = self.teams_before(tenant, open).await?;
        at_first.get_or_insert_with(|| before.clone());
        let writes = open.iter().map(|agent| async {
            let teams = before.get(&agent.agent_id);
            (*agent, self.write_imported(tenant, agent, teams).await)
        });
        let written = each_applied(writes).await?;

        // All of them, also those that exist already: that repairs lost ones.
        let all = written.iter().flat_map(|agent| memberships(tenant, agent));
        self.put_all(&self.tables.team_members, all, PARALLEL_BATCHES)
            .await?;
        let gone = written.iter().flat_map(|agent| {
            let left = teams_left(agent, &before);
            left.map(|team_id| membership(tenant, team_id, agent.agent_id))
        });
        self.delete_all(&self.tables.team_members, gone, PARALLEL_BATCHES)
            .await?;

        let (leaving, done): (Vec<&RosterAgent>, Vec<&RosterAgent>) = written
            .into_iter()
            .partition(|agent| teams_left(agent, &before).next().is_some());
        let before = &before;
        let writes = leaving.into_iter().map(|agent| async move {
            let all = with_teams_before(agent, before.get(&agent.agent_id));
            (agent, self.forget_teams_left(tenant, agent, &all).await)
        });
        let done = done.into_iter().chain(each_applied(writes).await?);
        let done: BTreeSet<AgentId> = done.map(|agent| agent.agent_id).collect();
        open.retain(|agent| !done.contains(&agent.agent_id));
        Ok(())
    }

    async fn teams_before(
        &self,
        tenant: &Tenant,
        agents: &[&RosterAgent],
    ) -> Result<TeamsBefore, StoreError> {
        let agent_ids: Vec<AgentId> = agents.iter().map(|agent| agent.agent_id).collect();
        let there = self.agent_details(tenant, &agent_ids).await?;
        let teams = there
            .into_iter()
            .map(|agent| (agent.agent_id, agent.team_ids));
        Ok(teams.collect())
    }

    /// Adds an agent, or updates one who was in the teams `before`. The agent names those teams too, until their memberships
    /// are gone. Rejected if another writer changed the teams, added or removed the agent since.
    async fn write_imported(
        &self,
        tenant: &Tenant,
        agent: &RosterAgent,
        before: Option<&BTreeSet<TeamId>>,
    ) -> Result<ConditionalWrite, StoreError> {
        let Some(before) = before else {
            let put = self.client.put_item().table_name(&self.tables.agents);
            let put = put
                .set_item(Some(agent_item::of_roster_agent(tenant, agent)))
                .condition_expression("attribute_not_exists(agent_status)");
            return conditional_write(put.send().await, "PutItem");
        };
        let teams = with_teams_before(agent, Some(before));
        let update = UpdateExpression::default()
            .set("agent_name", text(&agent.profile.name))
            .set("email", text(&agent.profile.email))
            .set("agent_number", text(&agent.profile.agent_number));
        self.update_teams(tenant, agent.agent_id, update, before, &teams)
            .await
    }

    /// Removes the teams that the agent left, now that their memberships are gone. Rejected if another writer changed the teams
    /// since.
    async fn forget_teams_left(
        &self,
        tenant: &Tenant,
        agent: &RosterAgent,
        all: &BTreeSet<TeamId>,
    ) -> Result<ConditionalWrite, StoreError> {
        let teams = agent.team_ids.iter().copied().collect();
        self.update_teams(
            tenant,
            agent.agent_id,
            UpdateExpression::default(),
            all,
            &teams,
        )
        .await
    }

    async fn update_teams(
        &self,
        tenant: &Tenant,
        agent_id: AgentId,
        update: UpdateExpression,
        before: &BTreeSet<TeamId>,
        after: &BTreeSet<TeamId>,
    ) -> Result<ConditionalWrite, StoreError> {
        let update = update
            .only_if("attribute_exists(agent_status)")
            .only_if_still("team_ids", agent_item::team_set(before).as_ref());
        let update = match agent_item::team_set(after) {
            Some(teams) => update.set("team_ids", teams),
            None => update.remove("team_ids"),
        };
        let call = self.client.update_item().table_name(&self.tables.agents);
        let call = call.key("agent_key", agent_key(tenant, agent_id));
        conditional_write(update.fill(call).send().await, "UpdateItem")
    }
}

/// The agents whose write was applied. Those whose write was throttled are left out too.
async fn each_applied<'a, W>(
    writes: impl Iterator<Item = W>,
) -> Result<Vec<&'a RosterAgent>, StoreError>
where
    W: Future<Output = (&'a RosterAgent, Result<ConditionalWrite, StoreError>)>,
{
    let mut written = Vec::new();
    let writes = writes.map(|write| async {
        match write.await {
            (agent, Ok(ConditionalWrite::Applied)) => Ok(Some(agent)),
            (_, Ok(ConditionalWrite::Rejected)) => Ok(None),
            (_, Err(error)) if error.is_transient() => Ok(None),
            (_, Err(error)) => Err(error),
        }
    });
    let mut writes = pin!(stream::iter(writes).buffer_unordered(MAX_PARALLEL_WRITES));
    while let Some(agent) = writes.try_next().await? {
        written.extend(agent);
    }
    Ok(written)
}

/// The teams that the table had and the roster does not have.
fn teams_left<'a>(
    agent: &'a RosterAgent,
    before: &'a TeamsBefore,
) -> impl Iterator<Item = TeamId> + 'a {
    let teams = before.get(&agent.agent_id).into_iter().flatten().copied();
    teams.filter(|team_id| !agent.team_ids.contains(team_id))
}

/// The teams of the roster and those that the table had.
fn with_teams_before(agent: &RosterAgent, before: Option<&BTreeSet<TeamId>>) -> BTreeSet<TeamId> {
    let before = before.into_iter().flatten();
    before.chain(&agent.team_ids).copied().collect()
}

/// What the import changed, now that the table has these agents as the roster has them.
fn changes(agents: &[RosterAgent], before: &TeamsBefore) -> Imported {
    let mut changes = Imported::default();
    for agent in agents {
        let teams = before.get(&agent.agent_id);
        let is_new = |team_id: &&TeamId| teams.is_none_or(|teams| !teams.contains(team_id));
        changes.added += usize::from(teams.is_none());
        changes.kept += usize::from(teams.is_some());
        changes.joined += agent.team_ids.iter().filter(is_new).count();
        changes.left += teams_left(agent, before).count();
    }
    changes
}
