//! A background job: what was accepted, how far it is, and what its status follows from.

use std::collections::BTreeSet;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::agent::RequestId;
use crate::decision::{Outcome, SkipReason};
use crate::ids::{AgentId, JobId};
use crate::request::Selectors;
use crate::tenant::Tenant;
use crate::timestamp::Timestamp;

/// A chunk holds at most that many agents: what one `BatchGetItem` reads, less the two items that say whether there is
/// anything left to do.
pub const CHUNK_AGENTS: usize = crate::store::MAX_BATCH_GET - 2;
/// Unfinished after that long, a job reads `failed` (the HTTP contract); it goes on all the same if it can.
pub const DEADLINE: Duration = Duration::from_hours(1);

/// Which job: enough to work on it without reading it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobRef {
    /// Whose agents.
    pub tenant: Tenant,
    /// The number of the job within the tenant.
    pub job_id: JobId,
    /// Sessions that began later are not touched.
    #[serde(rename = "accepted_at_ms")]
    pub accepted_at: Timestamp,
    /// From then on the job is gone.
    #[serde(rename = "expires_at_ms")]
    pub expires_at: Timestamp,
}

/// A request that became a job.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AcceptedJob {
    /// Which job.
    #[serde(flatten)]
    pub job: JobRef,
    /// Who is meant.
    pub selectors: Selectors,
}

/// One chunk of a job's plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chunk {
    /// Which job.
    #[serde(flatten)]
    pub job: JobRef,
    /// The attempt at a plan that it is part of.
    pub plan_id: String,
    /// From 1.
    #[serde(rename = "chunk")]
    pub number: u32,
    /// Whom it means: up to [`CHUNK_AGENTS`] distinct agents.
    pub agent_ids: Vec<AgentId>,
}

impl JobRef {
    /// The name the job leaves on the agents it touches. With the time, so that a job of the same number in a table that
    /// was lost and made anew is another request.
    #[must_use]
    pub fn request_id(&self) -> RequestId {
        RequestId::new(format!(
            "job#{}#{}",
            self.job_id,
            self.accepted_at.epoch_ms()
        ))
    }
}

/// How many agents of some chunks were left in which way; each counts once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Logged out.
    pub logged_out: u64,
    /// On a call or chat, to be logged out after it.
    pub deferred: u64,
    /// Skipped: no such agent.
    pub missing: u64,
    /// Skipped: not online.
    pub offline: u64,
    /// Skipped: signed in again since the job was accepted.
    pub later_session: u64,
}

impl Tally {
    /// Counts one agent.
    pub fn add(&mut self, outcome: &Outcome) {
        let count = match outcome {
            Outcome::LoggedOut => &mut self.logged_out,
            Outcome::Deferred => &mut self.deferred,
            Outcome::Skipped(SkipReason::Missing) => &mut self.missing,
            Outcome::Skipped(SkipReason::Offline) => &mut self.offline,
            Outcome::Skipped(SkipReason::LaterSession) => &mut self.later_session,
        };
        *count += 1;
    }

    /// Adds the counts of other chunks.
    pub fn merge(&mut self, other: &Self) {
        self.logged_out += other.logged_out;
        self.deferred += other.deferred;
        self.missing += other.missing;
        self.offline += other.offline;
        self.later_session += other.later_session;
    }

    /// Agents that were not touched.
    #[must_use]
    pub fn skipped(&self) -> u64 {
        self.missing + self.offline + self.later_session
    }
}

/// The snapshot of agents that a job works through.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// Names the attempt that wrote the chunks.
    pub plan_id: String,
    /// How many chunks there are, numbered from 1.
    pub chunks: u32,
    /// A chunk holds so many agents, and the last one the rest. Kept with the plan, so that another release cuts it just
    /// so.
    pub chunk_agents: u32,
    /// How many distinct agents they hold.
    pub agents: u64,
    /// When it was decided on.
    pub planned_at: Timestamp,
}

/// What was counted so far.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// The numbers of the chunks that are done.
    pub done: BTreeSet<u32>,
    /// Their sums.
    pub tally: Tally,
    /// When one of the latest of them was counted: of those counted side by side, any.
    pub counted_at: Option<Timestamp>,
}

/// A job as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job {
    /// When it was accepted.
    pub accepted_at: Timestamp,
    /// Not there until it is planned.
    pub plan: Option<Plan>,
    /// What is done.
    pub progress: Progress,
}

/// What a caller is told about a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JobStatus {
    /// Its agents are not known yet.
    Created,
    /// Its agents are known, and not all of them are settled.
    InProgress,
    /// Everybody is settled, since then.
    Completed(Timestamp),
    /// It has not finished within its deadline.
    Failed,
}

impl Job {
    /// True once everybody is settled.
    #[must_use]
    pub fn is_completed(&self) -> bool {
        let chunks = self.plan.as_ref().map(|plan| plan.chunks as usize);
        chunks == Some(self.progress.done.len())
    }

    /// The status follows from what is done; it is stored nowhere.
    #[must_use]
    pub fn status(&self, now: Timestamp) -> JobStatus {
        match &self.plan {
            Some(plan) if self.is_completed() => {
                JobStatus::Completed(self.progress.counted_at.unwrap_or(plan.planned_at))
            }
            _ if self.accepted_at.plus(DEADLINE) < now => JobStatus::Failed,
            None => JobStatus::Created,
            Some(_) => JobStatus::InProgress,
        }
    }
}

impl Plan {
    /// A plan for distinct agents.
    #[must_use]
    pub fn new(plan_id: String, agent_ids: &[AgentId], planned_at: Timestamp) -> Self {
        let count =
            |number| u32::try_from(number).expect("the ids of so many agents fit no memory");
        Self {
            plan_id,
            chunks: count(agent_ids.len().div_ceil(CHUNK_AGENTS)),
            chunk_agents: count(CHUNK_AGENTS),
            agents: agent_ids.len() as u64,
            planned_at,
        }
    }

    /// How many agents the chunk of that number holds; `None` if there is no such chunk.
    #[must_use]
    pub fn agents_in(&self, number: u32) -> Option<usize> {
        let chunk_agents = u64::from(self.chunk_agents);
        let before = u64::from(number.checked_sub(1)?) * chunk_agents;
        let agents = self.agents.checked_sub(before)?.min(chunk_agents);
        usize::try_from(agents).ok().filter(|agents| *agents > 0)
    }

    /// The chunks that are not done, made as they are needed. `agent_ids` are all those of the plan, in its order.
    pub fn open_chunks<'a>(
        &'a self,
        job: &'a JobRef,
        progress: &'a Progress,
        agent_ids: &'a [AgentId],
    ) -> impl Iterator<Item = Chunk> + 'a {
        let open = (1..=self.chunks).filter(|number| !progress.done.contains(number));
        open.map(move |number| {
            let start = (number as usize - 1) * self.chunk_agents as usize;
            let end = agent_ids.len().min(start + self.chunk_agents as usize);
            Chunk {
                job: job.clone(),
                plan_id: self.plan_id.clone(),
                number,
                agent_ids: agent_ids[start..end].to_vec(),
            }
        })
    }
}

#[cfg(test)]
mod tests;
