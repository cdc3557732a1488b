//! Working on one chunk of a job.

use domain::jobs::{Chunk, OutcomeCounts};
use domain::logout::TargetSession;
use store::{ChunkState, ConditionalWrite, Store};
use tracing::info;

use super::error::JobError;
use crate::clock::Clock;
use crate::force_logout::{LogoutRequest, log_out_agents};

/// Logs out the agents of a chunk, then counts it. Does nothing for a chunk that was counted: a completed job touches no
/// agent any more. If a chunk is delivered again before it was counted, its agents keep the outcome that this job gave them.
///
/// # Errors
/// See [`JobError`].
pub async fn log_out_chunk(store: &Store, clock: &Clock, chunk: &Chunk) -> Result<(), JobError> {
    let found = match store.read_chunk(chunk).await? {
        ChunkState::Uncounted(found) => found,
        ChunkState::Counted => return Ok(()),
        ChunkState::Gone => return Err(JobError::Gone),
    };
    let request = LogoutRequest {
        tenant: chunk.job.tenant.clone(),
        id: chunk.job.request_id(),
        accepted_at: chunk.job.accepted_at,
        at: clock.now(),
        target: TargetSession::StartedBy(chunk.job.accepted_at),
    };
    let mut counts = OutcomeCounts::default();
    for agent in log_out_agents(store, &request, &chunk.agent_ids, found).await? {
        counts.add(&agent.outcome);
    }
    let counted = store.count_chunk(chunk, &counts, clock.now()).await?;
    info!(
        tenant = %chunk.job.tenant,
        job = chunk.job.job_id.get(),
        chunk = chunk.number,
        counted = counted == ConditionalWrite::Applied,
        logged_out = counts.logged_out,
        deferred = counts.deferred,
        not_found = counts.not_found,
        offline = counts.offline,
        newer_session = counts.newer_session,
        "logged out a chunk",
    );
    Ok(())
}
