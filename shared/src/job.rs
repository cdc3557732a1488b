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
mod tests {
    use super::*;

    const ACCEPTED_AT: Timestamp = Timestamp::from_epoch_ms(1_000);

    fn job(chunks: Option<u32>, done: &[u32]) -> Job {
        let plan = chunks.map(|chunks| Plan {
            plan_id: "p".to_owned(),
            chunks,
            chunk_agents: 2,
            agents: (u64::from(chunks) * 2).saturating_sub(1),
            planned_at: Timestamp::from_epoch_ms(2_000),
        });
        let counted_at = (!done.is_empty()).then_some(Timestamp::from_epoch_ms(3_000));
        let progress = Progress {
            done: done.iter().copied().collect(),
            tally: Tally::default(),
            counted_at,
        };
        Job {
            accepted_at: ACCEPTED_AT,
            plan,
            progress,
        }
    }

    #[test]
    fn the_status_follows_from_what_is_done() {
        let in_time = ACCEPTED_AT.plus(DEADLINE);
        let too_late = in_time.plus(Duration::from_millis(1));
        let completed = |ms| JobStatus::Completed(Timestamp::from_epoch_ms(ms));
        for (job, before, after) in [
            (job(None, &[]), JobStatus::Created, JobStatus::Failed),
            (job(Some(2), &[]), JobStatus::InProgress, JobStatus::Failed),
            (job(Some(2), &[2]), JobStatus::InProgress, JobStatus::Failed),
            (job(Some(2), &[1, 2]), completed(3_000), completed(3_000)),
            (job(Some(0), &[]), completed(2_000), completed(2_000)),
        ] {
            assert_eq!(job.status(in_time), before, "{job:?}");
            assert_eq!(job.status(too_late), after, "{job:?}");
        }
    }

    fn which() -> JobRef {
        JobRef {
            tenant: Tenant::parse("acme").unwrap(),
            job_id: JobId::new(5).unwrap(),
            accepted_at: ACCEPTED_AT,
            expires_at: ACCEPTED_AT,
        }
    }

    #[test]
    fn a_job_leaves_its_number_and_time_on_agents() {
        let name = which().request_id();
        assert_eq!(name.as_str(), "job#5#1000");
        assert_eq!(name.to_string(), "job#5#1000");
    }

    #[test]
    fn each_agent_counts_once_and_as_what_became_of_them() {
        let outcomes = [
            (1, Outcome::LoggedOut),
            (2, Outcome::Deferred),
            (3, Outcome::Skipped(SkipReason::Missing)),
            (4, Outcome::Skipped(SkipReason::Offline)),
            (5, Outcome::Skipped(SkipReason::LaterSession)),
        ];
        let mut tally = Tally::default();
        for (times, outcome) in &outcomes {
            (0..*times).for_each(|_| tally.add(outcome));
        }
        let expected = Tally {
            logged_out: 1,
            deferred: 2,
            missing: 3,
            offline: 4,
            later_session: 5,
        };
        assert_eq!(tally, expected);
        assert_eq!(tally.skipped(), 12);
        tally.merge(&Tally {
            logged_out: 10,
            deferred: 20,
            missing: 30,
            offline: 40,
            later_session: 50,
        });
        let both = Tally {
            logged_out: 11,
            deferred: 22,
            missing: 33,
            offline: 44,
            later_session: 55,
        };
        assert_eq!(tally, both);
    }

    #[test]
    fn a_chunk_is_read_together_with_its_job_and_progress() {
        assert_eq!(CHUNK_AGENTS + 2, crate::store::MAX_BATCH_GET);
    }

    #[test]
    fn the_open_chunks_are_those_not_done() {
        let which = which();
        let job = job(Some(4), &[3]);
        let agent_ids: Vec<_> = (11..18).filter_map(AgentId::new).collect();
        let plan = job.plan.unwrap();
        let open = plan.open_chunks(&which, &job.progress, &agent_ids);
        let open: Vec<_> = open.map(|chunk| (chunk.number, chunk.agent_ids)).collect();
        assert_eq!(
            open,
            [
                (1, agent_ids[..2].to_vec()),
                (2, agent_ids[2..4].to_vec()),
                (4, agent_ids[6..].to_vec())
            ]
        );
    }

    #[test]
    fn a_chunk_holds_what_the_plan_says() {
        let mut plan = job(Some(4), &[]).plan.unwrap();
        let held = |plan: &Plan| -> Vec<_> { (0..6).map(|n| plan.agents_in(n)).collect() };
        let two = Some(2);
        assert_eq!(held(&plan), [None, two, two, two, Some(1), None]);
        plan.agents += 1;
        assert_eq!(held(&plan), [None, two, two, two, two, None]);
    }
}
