//! Planning a job: a snapshot of its agents, cut into chunks.

use logout::app::App;
use logout::candidates::all_candidates;
use logout::job::{AcceptedJob, Job, Plan, Progress};
use logout::message::Message;
use logout::selection::Selection;
use logout::store::First;
use tracing::info;
use uuid::Uuid;

use crate::WorkError;

/// Plans a job unless it is planned, and sends the chunks that are not done.
///
/// Until a plan is decided on, nothing was sent, and every delivery starts over under a plan id of its own. Of two at
/// once, one is decided on; the chunks of the other are never sent, and expire.
pub async fn plan_job(app: &App, accepted: &AcceptedJob) -> Result<(), WorkError> {
    let (plan, progress) = match existing(app, accepted).await? {
        Some(Job {
            plan: Some(plan),
            progress,
            ..
        }) => (plan, progress),
        _ => decide_plan(app, accepted).await?,
    };
    let chunks = plan.open_chunks(&accepted.job, &progress);
    app.queue.send_all(chunks.map(Message::Chunk)).await?;
    info!(
        tenant = %accepted.job.tenant,
        job = %accepted.job.job_id,
        plan = plan.plan_id,
        agents = plan.agents,
        chunks = plan.chunks,
        done = progress.done.len(),
        "sent the chunks that are not done",
    );
    Ok(())
}

/// The job as it stands; written down here if that was left undone when it was accepted.
async fn existing(app: &App, accepted: &AcceptedJob) -> Result<Option<Job>, WorkError> {
    let job = &accepted.job;
    let now = app.clock.now();
    if let Some(job) = app.store.read_job(&job.tenant, job.job_id, now).await? {
        return Ok(Some(job));
    }
    match app.store.put_job(accepted).await? {
        First::Yes => Ok(None),
        First::No => Ok(app.store.read_job(&job.tenant, job.job_id, now).await?),
    }
}

/// Makes a plan, and answers the one that was decided on, which may be another delivery's.
async fn decide_plan(app: &App, accepted: &AcceptedJob) -> Result<(Plan, Progress), WorkError> {
    let job = &accepted.job;
    let selection = Selection::of(&accepted.selectors).map_err(|_| WorkError::Selectors)?;
    let agent_ids = all_candidates(&app.store, &job.tenant, &selection).await?;
    let plan_id = Uuid::new_v4().to_string();
    let plan = app
        .store
        .write_chunks(job, plan_id, &agent_ids, app.clock.now())
        .await?;
    if app.store.mark_planned(job, &plan).await? == First::Yes {
        return Ok((plan, Progress::default()));
    }
    let job = app
        .store
        .read_job(&job.tenant, job.job_id, app.clock.now())
        .await?;
    match job {
        Some(Job {
            plan: Some(plan),
            progress,
            ..
        }) => Ok((plan, progress)),
        _ => Err(WorkError::Gone),
    }
}
