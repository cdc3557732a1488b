//! Bringing the table in line with a roster, without touching what agents are doing.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::AddAssign;

use aws_sdk_dynamodb::types::AttributeValue;

use super::item::{agent_key, text};
use super::loading::{PARALLEL_BATCHES, membership, memberships};
use super::update::Update;
use super::{MAX_BATCH_GET, Store, StoreError, agent_item};
use crate::agent::RosterAgent;
use crate::bounded;
use crate::ids::{AgentId, TeamId};
use crate::tenant::Tenant;

/// So many agents of a batch are written at once.
const MAX_PARALLEL_WRITES: usize = 25;
/// A batch that fails is tried at most that many times, each with the SDK's own retries.
const MAX_BATCH_ATTEMPTS: u32 = 4;

/// What an import changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Imported {
    /// Agents who were not in the table.
    pub added: usize,
    /// Agents who were: they have the roster's profile and teams now, and everything else as it was.
    pub kept: usize,
    /// Memberships of teams that they were not in.
    pub joined: usize,
    /// Memberships of teams that they are not in any more.
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
    /// status, session, address, pending and last logout stay. Up to [`MAX_BATCH_GET`] agents, each once. Memberships
    /// are settled before the agent is written, so a repeat of an import that broke off ends it.
    ///
    /// # Errors
    /// DynamoDB refused, time and again; some of the agents may be written then.
    pub async fn import_agents(
        &self,
        tenant: &Tenant,
        agents: &[RosterAgent],
    ) -> Result<Imported, StoreError> {
        debug_assert!(agents.len() <= MAX_BATCH_GET, "{} agents", agents.len());
        let mut attempt = 0;
        loop {
            let imported = self.import_once(tenant, agents).await;
            attempt += 1;
            if imported.is_ok() || attempt == MAX_BATCH_ATTEMPTS {
                return imported;
            }
            self.backoff.pause(attempt).await;
        }
    }

    async fn import_once(
        &self,
        tenant: &Tenant,
        agents: &[RosterAgent],
    ) -> Result<Imported, StoreError> {
        let agent_ids: Vec<AgentId> = agents.iter().map(|agent| agent.agent_id).collect();
        let there = self.agent_records(tenant, &agent_ids).await?;
        let teams_before: BTreeMap<AgentId, BTreeSet<TeamId>> = there
            .into_iter()
            .map(|agent| (agent.agent_id, agent.team_ids))
            .collect();

        // All of them, also those that are there already: that mends what was lost.
        let all = agents.iter().flat_map(|agent| memberships(tenant, agent));
        self.put_all(&self.tables.team_members, all, PARALLEL_BATCHES)
            .await?;
        let left = memberships_left(agents, &teams_before);
        let gone = left
            .iter()
            .map(|(agent_id, team_id)| membership(tenant, *team_id, *agent_id));
        self.delete_all(&self.tables.team_members, gone, PARALLEL_BATCHES)
            .await?;

        let mut imported = Imported {
            joined: memberships_joined(agents, &teams_before),
            left: left.len(),
            ..Imported::default()
        };
        let writes = agents.iter().map(|agent| {
            let is_there = teams_before.contains_key(&agent.agent_id);
            self.write_imported(tenant, agent, is_there)
        });
        bounded::try_for_each(MAX_PARALLEL_WRITES, writes, |added| {
            imported.added += usize::from(added);
            imported.kept += usize::from(!added);
        })
        .await?;
        Ok(imported)
    }

    /// True if the agent was added. Whoever came or went since the read is written the other way.
    async fn write_imported(
        &self,
        tenant: &Tenant,
        agent: &RosterAgent,
        is_there: bool,
    ) -> Result<bool, StoreError> {
        for is_there in [is_there, !is_there] {
            let written = if is_there {
                self.update_profile(tenant, agent).await?
            } else {
                self.add_agent(tenant, agent).await?
            };
            if written {
                return Ok(!is_there);
            }
        }
        let (items, rounds) = (1, 2);
        Err(StoreError::Unsettled { items, rounds })
    }

    /// False if the agent is there already.
    async fn add_agent(&self, tenant: &Tenant, agent: &RosterAgent) -> Result<bool, StoreError> {
        let put = self.client.put_item().table_name(&self.tables.agents);
        let put = put
            .set_item(Some(agent_item::of_roster_agent(tenant, agent)))
            .condition_expression("attribute_not_exists(agent_status)");
        match put.send().await {
            Ok(_) => Ok(true),
            Err(error) => match error.as_service_error() {
                Some(refused) if refused.is_conditional_check_failed_exception() => Ok(false),
                _ => Err(StoreError::call("PutItem")(error)),
            },
        }
    }

    /// False if there is no such agent.
    async fn update_profile(
        &self,
        tenant: &Tenant,
        agent: &RosterAgent,
    ) -> Result<bool, StoreError> {
        let update = Update::default()
            .only_if("attribute_exists(agent_status)")
            .set("agent_name", text(&agent.profile.name))
            .set("email", text(&agent.profile.email))
            .set("agent_number", text(&agent.profile.agent_number));
        // DynamoDB has no empty sets.
        let update = if agent.team_ids.is_empty() {
            update.remove("team_ids")
        } else {
            let teams = agent.team_ids.iter().map(ToString::to_string);
            update.set("team_ids", AttributeValue::Ns(teams.collect()))
        };
        let call = self.client.update_item().table_name(&self.tables.agents);
        let call = call.key("agent_key", agent_key(tenant, agent.agent_id));
        match update.fill(call).send().await {
            Ok(_) => Ok(true),
            Err(error) => match error.as_service_error() {
                Some(refused) if refused.is_conditional_check_failed_exception() => Ok(false),
                _ => Err(StoreError::call("UpdateItem")(error)),
            },
        }
    }
}

/// How many memberships the roster has and the table had not.
fn memberships_joined(
    agents: &[RosterAgent],
    before: &BTreeMap<AgentId, BTreeSet<TeamId>>,
) -> usize {
    let new = |agent: &RosterAgent| {
        let before = before.get(&agent.agent_id);
        let was_in = |team_id| before.is_some_and(|teams| teams.contains(team_id));
        let teams = agent.team_ids.iter();
        teams.filter(|team_id| !was_in(team_id)).count()
    };
    agents.iter().map(new).sum()
}

/// The memberships that the table had and the roster has not.
fn memberships_left(
    agents: &[RosterAgent],
    before: &BTreeMap<AgentId, BTreeSet<TeamId>>,
) -> Vec<(AgentId, TeamId)> {
    let mut left = Vec::new();
    for agent in agents {
        let teams = before.get(&agent.agent_id).into_iter().flatten();
        let teams = teams.filter(|team_id| !agent.team_ids.contains(team_id));
        left.extend(teams.map(|team_id| (agent.agent_id, *team_id)));
    }
    left
}
