//! A job as callers see it.

use domain::ids::JobId;
use domain::jobs::{Job, JobStatus};
use domain::timestamp::Timestamp;
use serde::Serialize;

use super::selectors_body::SelectorsBody;

/// The answer to a request that became a job.
#[derive(Serialize)]
pub struct AcceptedJobBody {
    /// The number of the job.
    pub id: JobId,
    /// Always `created`.
    pub status: &'static str,
    /// Where the job can be looked up.
    pub link: String,
    /// The selectors as the caller wrote them.
    #[serde(flatten)]
    pub selectors: SelectorsBody,
}

/// The answer when a job is looked up. What is not known yet is left out.
#[derive(Serialize)]
pub struct JobBody {
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

impl JobBody {
    /// The job of that number as it stands at `now`.
    #[must_use]
    pub fn new(id: JobId, job: &Job, now: Timestamp) -> Self {
        let (status, finished_at) = match job.status(now) {
            JobStatus::Created => ("created", None),
            JobStatus::InProgress => ("in_progress", None),
            JobStatus::Completed(at) => ("completed", at.to_rfc3339()),
            JobStatus::Failed => ("failed", None),
        };
        let counts = &job.progress.counts;
        Self {
            id,
            status,
            created_at: job.accepted_at.to_rfc3339(),
            finished_at,
            total: job.plan.as_ref().map(|plan| plan.agents),
            logged_out: counts.logged_out,
            deferred: counts.deferred,
            skipped: counts.skipped(),
        }
    }
}
