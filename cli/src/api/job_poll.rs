//! The result of asking for a background job.

use domain::ids::MAX_ID;
use reqwest::StatusCode;
use serde::Deserialize;
use serde_json::Value;
use wire::http::JobBody;

/// The result of asking for a job once.
#[derive(Debug)]
pub enum JobPoll {
    /// The job, and its JSON.
    Found(JobBody, Value),
    /// There is no such job; the error says so.
    NoSuchJob(anyhow::Error),
    /// No answer this time, but perhaps the next time; the error says why.
    NoAnswer(anyhow::Error),
}

/// Reads the answer; `None` if it is no job, or one whose counts cannot be.
pub(super) fn read(status: StatusCode, body: &Value) -> Option<JobBody> {
    let job = JobBody::deserialize(body).ok()?;
    let counts = [job.logged_out, job.deferred, job.skipped];
    // No tenant has more agents than there are ids. So sums of counts do not overflow either.
    let are_possible = counts
        .into_iter()
        .chain(job.total)
        .all(|count| count <= MAX_ID);
    (status == StatusCode::OK && are_possible).then_some(job)
}
