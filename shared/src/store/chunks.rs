//! The chunks of a job's plan: its agents, a hundred an item.

use aws_sdk_dynamodb::types::AttributeValue;

use super::item::{Item, number, text};
use super::jobs::{expires_at, job_key};
use super::{Store, StoreError};
use crate::ids::AgentId;
use crate::job::{CHUNK_AGENTS, ChunkRef, JobRef, Plan};
use crate::timestamp::Timestamp;

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

    /// The agents of a chunk, or `None` if it is gone with its job.
    ///
    /// # Errors
    /// DynamoDB refused.
    pub async fn read_chunk(&self, chunk: &ChunkRef) -> Result<Option<Vec<AgentId>>, StoreError> {
        let call = self
            .client
            .get_item()
            .table_name(&self.tables.jobs)
            .consistent_read(true);
        let call = call
            .key("job_key", job_key(&chunk.job.tenant, chunk.job.job_id))
            .key("part", chunk_part(&chunk.plan_id, chunk.chunk));
        let answer = call.send().await.map_err(StoreError::call("GetItem"))?;
        answer.item().map(agent_ids).transpose()
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
