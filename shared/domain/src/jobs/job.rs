//! A background job as it stands, and its status.

use super::plan::{Plan, Progress};
use crate::limits::JOB_DEADLINE;
use crate::timestamp::Timestamp;

/// A job as it stands now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job {
    /// When it was accepted.
    pub accepted_at: Timestamp,
    /// `None` until it is planned.
    pub plan: Option<Plan>,
    /// What has been counted.
    pub progress: Progress,
}

/// The status of a job, as callers see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JobStatus {
    /// Its agents are not known yet.
    Created,
    /// Its agents are known, and not all of them are settled.
    InProgress,
    /// Every agent has an outcome, since this time.
    Completed(Timestamp),
    /// It has not finished within its deadline.
    Failed,
}

impl Job {
    /// True once every agent has an outcome.
    #[must_use]
    pub fn is_completed(&self) -> bool {
        let chunks = self.plan.as_ref().map(|plan| plan.chunks as usize);
        chunks == Some(self.progress.counted_chunks.len())
    }

    /// The status, which follows from what was counted; it is not stored.
    #[must_use]
    pub fn status(&self, now: Timestamp) -> JobStatus {
        match &self.plan {
            Some(plan) if self.is_completed() => {
                JobStatus::Completed(self.progress.counted_at.unwrap_or(plan.planned_at))
            }
            _ if self.accepted_at.plus(JOB_DEADLINE) < now => JobStatus::Failed,
            None => JobStatus::Created,
            Some(_) => JobStatus::InProgress,
        }
    }
}

#[cfg(test)]
mod tests;
