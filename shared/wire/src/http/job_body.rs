//! A job as callers see it.

use std::borrow::Cow;

use domain::ids::JobId;
use domain::jobs::{Job, JobStatus};
use domain::timestamp::Timestamp;
use serde::{Deserialize, Serialize};

use super::selectors_body::SelectorsBody;

/// The answer to a request that became a job.
#[derive(Serialize)]
pub struct AcceptedJobBody {
    id: JobId,
    status: &'static str,
    link: String,
    #[serde(flatten)]
    selectors: SelectorsBody,
}

impl AcceptedJobBody {
    /// The job of that number, which can be looked up at `link`, with the selectors as the caller wrote them.
    #[must_use]
    pub fn new(id: JobId, link: String, selectors: SelectorsBody) -> Self {
        Self {
            id,
            status: "created",
            link,
            selectors,
        }
    }
}

/// The answer when a job is looked up. What is not known yet is left out. A client can read [`AcceptedJobBody`] as one, too:
/// its counts are 0 then.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobBody {
    /// The number of the job.
    pub id: JobId,
    /// `created`, `in_progress`, `completed` or `failed`.
    pub status: Cow<'static, str>,
    /// When it was accepted, in RFC 3339.
    pub created_at: Option<String>,
    /// When the last agent had an outcome, in RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub finished_at: Option<String>,
    /// The number of agents, once they are known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total: Option<u64>,
    /// The number of agents logged out.
    #[serde(default)]
    pub logged_out: u64,
    /// The number of agents who finish a call or chat first.
    #[serde(default)]
    pub deferred: u64,
    /// The number of agents who were not touched.
    #[serde(default)]
    pub skipped: u64,
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
            status: Cow::Borrowed(status),
            created_at: job.accepted_at.to_rfc3339(),
            finished_at,
            total: job.plan.as_ref().map(|plan| plan.agents),
            logged_out: counts.logged_out,
            deferred: counts.deferred,
            skipped: counts.skipped(),
        }
    }

    /// True if it is completed or failed. The counts of a failed job may still change.
    #[must_use]
    pub fn has_ended(&self) -> bool {
        self.status == "completed" || self.status == "failed"
    }

    /// The number of agents who have an outcome.
    #[must_use]
    pub fn agents_with_outcome(&self) -> u64 {
        self.logged_out + self.deferred + self.skipped
    }
}
