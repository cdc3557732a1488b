//! The chunks of a job's plan: its agents, a hundred an item.

use aws_sdk_dynamodb::types::AttributeValue;

use super::item::{Item, number, text};
use super::jobs::{done_chunks, expires_at, job_key, progress_part};
use super::{Freshness, Store, StoreError};
use crate::ids::AgentId;
use crate::job::{CHUNK_AGENTS, ChunkRef, JobRef, Plan};
use crate::timestamp::Timestamp;

/// What is left to do for a chunk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChunkState {
    /// It is gone with its job.
    Gone,
    /// It was counted.
    Done,
    /// These agents are to be settled, and then counted.
    Open(Vec<AgentId>),
}

impl Store {
    /// Writes the chunks of a new plan. Until the job is marked as planned by it, nobody looks at them.
    ///
    /// # Errors
    /// DynamoDB refused; some of the chunks are written then, and expire with the job.
    pub async fn write_chunks(
        &self,
        job: &JobRef,
        plan_id: String,
        agent_ids: &[AgentId],
        now: Timestamp,
    ) -> Result<Plan, StoreError> {
        let chunks = agent_ids.len().div_ceil(CHUNK_AGENTS);
        let plan = Plan {
            plan_id,
            chunks: u32::try_from(chunks).expect("the ids of so many agents fit no memory"),
            agents: agent_ids.len() as u64,
            planned_at: now,
        };
        let items = (1..=plan.chunks).map(|chunk| {
            let agent_ids = chunk_of(agent_ids, chunk).iter().copied().map(number);
            Item::from([
                ("job_key".to_owned(), job_key(&job.tenant, job.job_id)),
                ("part".to_owned(), chunk_part(&plan.plan_id, chunk)),
                (
                    "agent_ids".to_owned(),
                    AttributeValue::L(agent_ids.collect()),
                ),
                ("expires_at".to_owned(), expires_at(job)),
            ])
        });
        self.put_all(&self.tables.jobs, items).await?;
        Ok(plan)
    }

    /// What is left to do for a chunk, in one read.
    ///
    /// # Errors
    /// DynamoDB refused.
    pub async fn read_chunk(&self, chunk: &ChunkRef) -> Result<ChunkState, StoreError> {
        match self.read_chunk_as(chunk, Freshness::Eventual).await? {
            // It was written before its message was sent, but a cheap read may be behind.
            ChunkState::Gone => self.read_chunk_as(chunk, Freshness::Latest).await,
            state => Ok(state),
        }
    }

    async fn read_chunk_as(
        &self,
        chunk: &ChunkRef,
        freshness: Freshness,
    ) -> Result<ChunkState, StoreError> {
        let key = |part| {
            let job_key = job_key(&chunk.job.tenant, chunk.job.job_id);
            Item::from([("job_key".to_owned(), job_key), ("part".to_owned(), part)])
        };
        let keys = vec![
            key(chunk_part(&chunk.plan_id, chunk.chunk)),
            key(progress_part(&chunk.plan_id, chunk.chunk)),
        ];
        let items = self.get_all(&self.tables.jobs, keys, freshness).await?;
        if items
            .iter()
            .any(|item| done_chunks(item).contains(&chunk.chunk))
        {
            return Ok(ChunkState::Done);
        }
        match items.iter().find(|item| item.contains_key("agent_ids")) {
            Some(item) => agent_ids(item).map(ChunkState::Open),
            None => Ok(ChunkState::Gone),
        }
    }
}

/// The agents of the chunk of that number, from 1.
fn chunk_of(agent_ids: &[AgentId], chunk: u32) -> &[AgentId] {
    let start = (chunk as usize - 1) * CHUNK_AGENTS;
    let end = agent_ids.len().min(start + CHUNK_AGENTS);
    &agent_ids[start..end]
}

fn chunk_part(plan_id: &str, chunk: u32) -> AttributeValue {
    text(&format!("chunk#{plan_id}#{chunk:06}"))
}

/// Every id, or an error: to leave one out would lose an agent.
fn agent_ids(item: &Item) -> Result<Vec<AgentId>, StoreError> {
    let unreadable = StoreError::Item { what: "chunk" };
    let agent_id = |value: &AttributeValue| AgentId::new(value.as_n().ok()?.parse().ok()?);
    let list = item.get("agent_ids").and_then(|list| list.as_l().ok());
    list.and_then(|list| list.iter().map(agent_id).collect())
        .ok_or(unreadable)
}
