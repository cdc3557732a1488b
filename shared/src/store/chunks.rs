//! A chunk of a job's plan, looked at before it is worked on.

use super::agents::agent_keys;
use super::batch_read::ByTable;
use super::item::{Item, text};
use super::job_item::{JOB, done_chunks, part_key, plan, progress_part};
use super::{FoundAgents, Freshness, Store, StoreError};
use crate::job::{Chunk, Plan};

/// What is left to do for a chunk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChunkState {
    /// It is no part of its job's plan, or gone with its job.
    Gone,
    /// It was counted.
    Done,
    /// Its agents are to be settled, and then counted.
    Open(FoundAgents),
}

impl Store {
    /// What is left to do for a chunk, and its agents, in one read.
    ///
    /// # Errors
    /// DynamoDB refused.
    pub async fn read_chunk(&self, chunk: &Chunk) -> Result<ChunkState, StoreError> {
        match self.read_chunk_as(chunk, Freshness::Eventual).await? {
            // Its job was planned before its message was sent, but a cheap read may be behind.
            ChunkState::Gone => self.read_chunk_as(chunk, Freshness::Latest).await,
            state => Ok(state),
        }
    }

    async fn read_chunk_as(
        &self,
        chunk: &Chunk,
        freshness: Freshness,
    ) -> Result<ChunkState, StoreError> {
        let (agents, jobs) = (&self.tables.agents, &self.tables.jobs);
        let of_agents = agent_keys(&chunk.job.tenant, &chunk.agent_ids);
        let parts = [text(JOB), progress_part(&chunk.plan_id, chunk.number)];
        let of_job = parts.map(|part| part_key(&chunk.job, part)).to_vec();
        let keys = ByTable::from([(agents.clone(), of_agents), (jobs.clone(), of_job)]);
        let mut items = self.get_all(keys, freshness).await?;
        let of_job = items.remove(jobs).unwrap_or_default();
        if is_counted(chunk, &of_job) {
            return Ok(ChunkState::Done);
        }
        if !is_planned(chunk, &of_job) {
            return Ok(ChunkState::Gone);
        }
        let agents = items.remove(agents).unwrap_or_default();
        Ok(ChunkState::Open(FoundAgents::of_items(agents, freshness)))
    }
}

fn is_counted(chunk: &Chunk, of_job: &[Item]) -> bool {
    let counts = |item| done_chunks(item).contains(&chunk.number);
    of_job.iter().any(counts)
}

/// To settle fewer agents than were planned, and count them for all, would lose the others.
fn is_planned(chunk: &Chunk, of_job: &[Item]) -> bool {
    let plans = |plan: Plan| {
        plan.plan_id == chunk.plan_id && plan.agents_in(chunk.number) == Some(chunk.agent_ids.len())
    };
    of_job.iter().filter_map(plan).any(plans)
}
