//! `GET …/force_logout/jobs/{id}`: how far a job is.

use lambda_http::http::StatusCode;
use lambda_http::{Body, Request, Response};
use logout::app::App;
use logout::http::{self, HttpError};
use logout::ids::JobId;
use logout::job::{Job, JobStatus};
use logout::timestamp::Timestamp;
use serde::Serialize;

/// A job as a caller sees it. What is not known yet is left out.
#[derive(Serialize)]
struct JobAnswer {
    id: JobId,
    status: &'static str,
    created_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    finished_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    total: Option<u64>,
    logged_out: u64,
    deferred: u64,
    skipped: u64,
}

/// Answers one request.
pub async fn handle(app: &App, request: Request) -> Response<Body> {
    http::answer(job_status(app, &request).await)
}

async fn job_status(app: &App, request: &Request) -> Result<Response<Body>, HttpError> {
    let job_id = http::job_id(request);
    let tenant = app.authenticate(request).await?;
    let (job_id, now) = (job_id?, app.clock.now());
    let job = app.store.read_job(&tenant, job_id, now).await?;
    let job = job.ok_or(HttpError::NotFound)?;
    Ok(http::json(StatusCode::OK, &answer(job_id, &job, now)))
}

fn answer(id: JobId, job: &Job, now: Timestamp) -> JobAnswer {
    let (status, finished_at) = match job.status(now) {
        JobStatus::Created => ("created", None),
        JobStatus::InProgress => ("in_progress", None),
        JobStatus::Completed(at) => ("completed", at.to_rfc3339()),
        JobStatus::Failed => ("failed", None),
    };
    let tally = &job.progress.tally;
    JobAnswer {
        id,
        status,
        created_at: job.accepted_at.to_rfc3339(),
        finished_at,
        total: job.plan.as_ref().map(|plan| plan.agents),
        logged_out: tally.logged_out,
        deferred: tally.deferred,
        skipped: tally.skipped(),
    }
}
