//! Reading a chunk of a job's plan, with its agents.

use domain::jobs::{Chunk, Plan};

use crate::agents::FoundAgents;
use crate::calls::{ByTable, Consistency};
use crate::error::StoreError;
use crate::items::attributes::{Item, text};
use crate::items::job_item::{JOB, counted_chunks, part_key, plan, progress_part};
use crate::items::keys::agent_keys;
use crate::store::Store;

/// What is left to do for a chunk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChunkState {
    /// It is not part of its job's plan, or its job is gone.
    Gone,
    /// It was counted: nothing is left to do.
    Counted,
    /// Its agents are to be logged out, and then counted.
    Uncounted(FoundAgents),
}

impl Store {
    /// What is left to do for a chunk, and its agents, in one read.
    ///
    /// # Errors
    /// DynamoDB refused.
    pub async fn read_chunk(&self, chunk: &Chunk) -> Result<ChunkState, StoreError> {
        match self.read_chunk_as(chunk, Consistency::Eventual).await? {
            // Its job was planned before its message was sent, but an eventually consistent read may not show that yet.
            ChunkState::Gone => self.read_chunk_as(chunk, Consistency::Strong).await,
            state => Ok(state),
        }
    }

    async fn read_chunk_as(
        &self,
        chunk: &Chunk,
        consistency: Consistency,
    ) -> Result<ChunkState, StoreError> {
        let (agents, jobs) = (&self.tables.agents, &self.tables.jobs);
        let of_agents = agent_keys(&chunk.job.tenant, &chunk.agent_ids);
        let parts = [text(JOB), progress_part(&chunk.plan_id, chunk.number)];
        let of_job = parts.map(|part| part_key(&chunk.job, part)).to_vec();
        let keys = ByTable::from([(agents.clone(), of_agents), (jobs.clone(), of_job)]);
        let mut items = self.get_all(keys, consistency).await?;
        let of_job = items.remove(jobs).unwrap_or_default();
        if is_counted(chunk, &of_job) {
            return Ok(ChunkState::Counted);
        }
        if !is_planned(chunk, &of_job) {
            return Ok(ChunkState::Gone);
        }
        let agents = items.remove(agents).unwrap_or_default();
        Ok(ChunkState::Uncounted(
            self.found_agents(agents, consistency),
        ))
    }
}

fn is_counted(chunk: &Chunk, of_job: &[Item]) -> bool {
    let counts = |item| counted_chunks(item).contains(&chunk.number);
    of_job.iter().any(counts)
}

/// A chunk with fewer agents than were planned would be counted as a whole chunk, and its missing agents be lost.
fn is_planned(chunk: &Chunk, of_job: &[Item]) -> bool {
    let plans = |plan: Plan| {
        plan.plan_id == chunk.plan_id && plan.agents_in(chunk.number) == Some(chunk.agent_ids.len())
    };
    of_job.iter().filter_map(plan).any(plans)
}
