//! The plan of a job: its agents, cut into chunks.

use std::collections::BTreeSet;

use super::counts::OutcomeCounts;
use super::job_ref::JobRef;
use crate::ids::AgentId;
use crate::limits::CHUNK_AGENTS;
use crate::timestamp::Timestamp;

/// The agents that a job works through, cut into chunks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// A random name: every attempt at planning has its own.
    pub plan_id: String,
    /// The number of chunks. They are numbered from 1.
    pub chunks: u32,
    /// The number of agents in each chunk but the last, which holds the rest. Kept with the plan, so that another release
    /// cuts it in the same way.
    pub chunk_agents: u32,
    /// The number of distinct agents in all chunks.
    pub agents: u64,
    /// When it was made.
    pub planned_at: Timestamp,
}

/// One chunk of a job's plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chunk {
    /// The job.
    pub job: JobRef,
    /// The plan that it is part of.
    pub plan_id: String,
    /// From 1.
    pub number: u32,
    /// At most [`CHUNK_AGENTS`] distinct agents.
    pub agent_ids: Vec<AgentId>,
}

/// What has been counted so far.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// The numbers of the chunks that were counted.
    pub counted_chunks: BTreeSet<u32>,
    /// The sums of their counts.
    pub counts: OutcomeCounts,
    /// When the latest chunk was counted; if several were at the same time, the time of one of them.
    pub counted_at: Option<Timestamp>,
}

impl Plan {
    /// A plan for these distinct agents.
    #[must_use]
    pub fn new(plan_id: String, agent_ids: &[AgentId], planned_at: Timestamp) -> Self {
        let count =
            |number| u32::try_from(number).expect("the ids of 2^32 agents do not fit into memory");
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

    /// The chunks that were not counted yet, made as they are needed. `agent_ids` are all agents of the plan, in its order.
    pub fn uncounted_chunks<'a>(
        &'a self,
        job: &'a JobRef,
        progress: &'a Progress,
        agent_ids: &'a [AgentId],
    ) -> impl Iterator<Item = Chunk> + 'a {
        let uncounted =
            (1..=self.chunks).filter(|number| !progress.counted_chunks.contains(number));
        uncounted.map(move |number| {
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
