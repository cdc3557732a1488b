//! Finishes pending logouts whose call or chat has ended, from the stream of the agents table: the safety net for whoever
//! writes the table without `presence`.

use aws_lambda_events::dynamodb::{Event, EventRecord};
use aws_lambda_events::streams::DynamoDbEventResponse;
use logout::app::App;
use logout::batch::{self, Failed, NoTime};
use logout::logging::error_chain;
use logout::presence;
use logout::store::{PresenceWrite, StoreError, StreamedAgent, read_record};
use logout::timestamp::Timestamp;
use thiserror::Error;
use tracing::{info, warn};

/// So many records of a batch are worked on at once: a batch of a hundred is done after a few writes in a row.
const MAX_PARALLEL_RECORDS: usize = 25;

/// Why a record comes again. It is reported, the stream is delivered again from there on, and after so many tries its
/// event source tells the on-failure destination of it and goes on.
#[derive(Debug, Error)]
enum RecordError {
    /// The function is about to be stopped.
    #[error(transparent)]
    NoTime(#[from] NoTime),
    /// The record shows no agent, or DynamoDB refused.
    #[error("DynamoDB")]
    Store(#[from] StoreError),
}

/// Works on a batch of records until `deadline`, and reports from where on they are to come again.
pub async fn handle(app: &App, event: Event, deadline: Timestamp) -> DynamoDbEventResponse {
    let work = |record| process_record(app, record, deadline);
    batch::each_record(MAX_PARALLEL_RECORDS, event, work).await
}

async fn process_record(app: &App, record: EventRecord, deadline: Timestamp) -> Result<(), Failed> {
    let (event_id, sequence_number) = (
        record.event_id.clone(),
        record.change.sequence_number.clone(),
    );
    let Err(error) = finish_pending_logout(app, record, deadline).await else {
        return Ok(());
    };
    warn!(
        event_id,
        sequence_number,
        error = error_chain(&error),
        "a record of the stream failed"
    );
    Err(Failed)
}

/// Acts on the agent as the record shows them, and only if they still are so. If they are not, there is or will be a
/// record of what they are now.
async fn finish_pending_logout(
    app: &App,
    record: EventRecord,
    deadline: Timestamp,
) -> Result<(), RecordError> {
    let Some(StreamedAgent {
        tenant,
        agent_id,
        seen,
    }) = read_record(record)?
    else {
        return Ok(());
    };
    let Some(transition) = presence::finish_pending_logout(&seen.presence) else {
        return Ok(());
    };
    let write = app
        .store
        .write_transition(&tenant, agent_id, &seen, &transition, app.clock.now());
    let written = batch::in_time(&app.clock, deadline, Box::pin(write)).await??;
    if let (PresenceWrite::Done, Some(request)) = (written, transition.logged_out_by) {
        info!(%tenant, agent_id = agent_id.get(), %request, "logged out an agent whose call or chat has ended");
    }
    Ok(())
}
