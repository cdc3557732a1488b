//! Handing over a plan message that is in the queue of chunks.

use domain::jobs::AcceptedJob;
use store::JobQueue;
use tracing::info;
use wire::messages::JobMessage;

use super::error::JobError;

/// Sends a plan message on to the queue of plans. Up to 0.2.0 plans and chunks had one queue, so a stack that is updated may
/// still have plans among its chunks, and among their dead letters for two weeks. If the message is handed over twice, the job
/// is planned once.
///
/// # Errors
/// SQS refused.
pub async fn hand_over_plan(plans: &JobQueue, accepted: AcceptedJob) -> Result<(), JobError> {
    info!(
        tenant = %accepted.job.tenant,
        job = accepted.job.job_id.get(),
        "a plan is in the queue of chunks, and is sent on to that of plans"
    );
    let plan = JobMessage::Plan(accepted);
    Ok(plans.send_all(std::iter::once(plan)).await?)
}
