//! Working on one chunk of a job.

use logout::app::App;
use logout::decision::SessionPin;
use logout::job::{Chunk, Tally};
use logout::log_out::{LogoutRequest, log_out_agents};
use logout::store::{ChunkState, First, Patience};
use tracing::info;

use crate::WorkError;

/// Logs out the agents of a chunk, then counts it. A chunk that was counted is left alone: a job that reads
/// completed touches nobody any more. One that comes again before that finds its agents settled by this very job.
pub async fn log_out_chunk(app: &App, chunk: &Chunk) -> Result<(), WorkError> {
    let found = match app.store.read_chunk(chunk).await? {
        ChunkState::Open(found) => found,
        ChunkState::Done => return Ok(()),
        ChunkState::Gone => return Err(WorkError::Gone),
    };
    let request = LogoutRequest {
        tenant: chunk.job.tenant.clone(),
        id: chunk.job.request_id(),
        at: app.clock.now(),
        pin: SessionPin::BegunBy(chunk.job.accepted_at),
        patience: Patience::Job,
    };
    let mut tally = Tally::default();
    let settled = log_out_agents(&app.store, &request, &chunk.agent_ids, found).await?;
    for agent in settled {
        tally.add(&agent.outcome);
    }
    let counted = app
        .store
        .count_chunk(chunk, &tally, app.clock.now())
        .await?;
    info!(
        tenant = %chunk.job.tenant,
        job = %chunk.job.job_id,
        chunk = chunk.number,
        counted = counted == First::Yes,
        logged_out = tally.logged_out,
        deferred = tally.deferred,
        missing = tally.missing,
        offline = tally.offline,
        later_session = tally.later_session,
        "logged out a chunk",
    );
    Ok(())
}
