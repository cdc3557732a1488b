//! Planning a job: a snapshot of its agents, cut into chunks.

use domain::ids::AgentId;
use domain::jobs::{AcceptedJob, Job, JobRef, Plan, Progress};
use store::{ConditionalWrite, JobQueue, Store};
use tracing::info;
use uuid::Uuid;
use wire::messages::JobMessage;

use super::error::JobError;
use crate::clock::Clock;
use crate::force_logout::resolve_all;

/// The plan of a job, and what is known of it.
struct JobPlan {
    plan: Plan,
    progress: Progress,
    /// The agents of the plan, in its order.
    agent_ids: Vec<AgentId>,
}

/// Plans a job, unless it has a plan, and sends the chunks that are not counted.
///
/// Until the job has a plan, no chunk is sent, and every delivery starts over with a plan id of its own. Of two deliveries at
/// once, one sets its plan; the chunks of the other are never sent, and its snapshot expires.
///
/// # Errors
/// See [`JobError`].
pub async fn plan_job(
    store: &Store,
    chunk_queue: &JobQueue,
    accepted: &AcceptedJob,
    clock: &Clock,
) -> Result<(), JobError> {
    let planned = match stored_job(store, accepted, clock).await? {
        Some(job) if job.is_completed() => return Ok(()),
        Some(job) if job.plan.is_some() => stored_plan(store, &accepted.job, job).await?,
        _ => make_plan(store, accepted, clock).await?,
    };
    let JobPlan {
        plan,
        progress,
        agent_ids,
    } = planned;
    let chunks = plan.uncounted_chunks(&accepted.job, &progress, &agent_ids);
    chunk_queue.send_all(chunks.map(JobMessage::Chunk)).await?;
    info!(
        tenant = %accepted.job.tenant,
        job = accepted.job.job_id.get(),
        plan = plan.plan_id,
        agents = plan.agents,
        chunks = plan.chunks,
        counted = progress.counted_chunks.len(),
        "sent the chunks that are not counted",
    );
    Ok(())
}

/// The job as it stands. Stores it first if that was left undone when it was accepted.
async fn stored_job(
    store: &Store,
    accepted: &AcceptedJob,
    clock: &Clock,
) -> Result<Option<Job>, JobError> {
    let (job, now) = (&accepted.job, clock.now());
    if let Some(job) = store.read_job(&job.tenant, job.job_id, now).await? {
        return Ok(Some(job));
    }
    match store.put_job(accepted).await? {
        ConditionalWrite::Applied => Ok(None),
        ConditionalWrite::Rejected => Ok(store.read_job(&job.tenant, job.job_id, now).await?),
    }
}

/// Makes a plan, and returns the job's plan, which may be that of another delivery.
async fn make_plan(
    store: &Store,
    accepted: &AcceptedJob,
    clock: &Clock,
) -> Result<JobPlan, JobError> {
    let job = &accepted.job;
    let agent_ids = resolve_all(store, &job.tenant, &accepted.selection).await?;
    let plan = Plan::new(Uuid::new_v4().to_string(), &agent_ids, clock.now());
    store.write_snapshot(job, &plan, &agent_ids).await?;
    if store.set_plan(job, &plan).await? == ConditionalWrite::Applied {
        return Ok(JobPlan {
            plan,
            progress: Progress::default(),
            agent_ids,
        });
    }
    match store.read_job(&job.tenant, job.job_id, clock.now()).await? {
        Some(planned) => stored_plan(store, job, planned).await,
        None => Err(JobError::Gone),
    }
}

/// The plan that a job already has.
async fn stored_plan(store: &Store, job_ref: &JobRef, job: Job) -> Result<JobPlan, JobError> {
    let plan = job.plan.ok_or(JobError::Gone)?;
    Ok(JobPlan {
        agent_ids: store.read_snapshot(job_ref, &plan).await?,
        plan,
        progress: job.progress,
    })
}
