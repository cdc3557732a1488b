//! Accepting a job. Sending the plan message is the commit; everything else can be repeated later. Only with a queue in memory,
//! on one machine, the job must be stored too: its message is lost when the machine stops.

use std::time::Duration;

use domain::ids::JobId;
use domain::jobs::{AcceptedJob, JobRef};
use domain::selection::Selection;
use domain::tenant::Tenant;
use domain::timestamp::Timestamp;
use store::{JobQueue, QueueError, Store, StoreError};
use thiserror::Error;
use tracing::{info, warn};
use wire::messages::JobMessage;

use crate::error_chain::error_chain;

/// Why a job was not accepted. Its number is left unused then, or the job exists all the same.
#[derive(Debug, Error)]
pub enum AcceptJobError {
    /// DynamoDB refused.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// SQS refused.
    #[error(transparent)]
    Queue(#[from] QueueError),
}

/// Accepts a job, without reading any agents, and returns its number. It is deleted after `retention`.
///
/// # Errors
/// See [`AcceptJobError`].
pub async fn accept_job(
    store: &Store,
    plans: &JobQueue,
    tenant: Tenant,
    selection: Selection,
    now: Timestamp,
    retention: Duration,
) -> Result<JobId, AcceptJobError> {
    let job_id = store.next_job_id(&tenant).await?;
    let job = JobRef {
        tenant,
        job_id,
        accepted_at: now,
        expires_at: now.plus(retention),
    };
    let accepted = AcceptedJob { job, selection };
    let plan = JobMessage::Plan(accepted.clone());
    plans.send_all(std::iter::once(plan)).await?;
    // The planner stores the job if this fails.
    if let Err(error) = store.put_job(&accepted).await {
        if plans.is_in_memory() {
            return Err(error.into());
        }
        warn!(
            tenant = %accepted.job.tenant,
            job = job_id.get(),
            error = error_chain(&error),
            "cannot store an accepted job; the planner will store it"
        );
    }
    info!(tenant = %accepted.job.tenant, job = job_id.get(), "accepted a job");
    Ok(job_id)
}
