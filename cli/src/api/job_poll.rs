//! The result of asking for a background job.

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
