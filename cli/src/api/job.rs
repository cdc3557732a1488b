//! A background job, as the service describes it.

use domain::ids::JobId;
use serde::Deserialize;
use serde_json::Value;

/// A background job.
#[derive(Debug, PartialEq, Eq, Deserialize)]
pub struct Job {
    /// Its number.
    pub id: JobId,
    /// `created`, `in_progress`, `completed` or `failed`.
    pub status: String,
    /// When it was accepted.
    pub created_at: Option<String>,
    /// When the last agent had an outcome.
    pub finished_at: Option<String>,
    /// The number of agents; not known at first.
    pub total: Option<u64>,
    /// The number of agents logged out.
    #[serde(default)]
    pub logged_out: u64,
    /// The number of agents who finish a call or chat first.
    #[serde(default)]
    pub deferred: u64,
    /// The number of agents who were not to be logged out.
    #[serde(default)]
    pub skipped: u64,
}

/// The result of asking for a job once.
#[derive(Debug)]
pub enum JobPoll {
    /// The job, and its JSON.
    Found(Job, Value),
    /// There is no such job; the error says so.
    NoSuchJob(anyhow::Error),
    /// No answer this time, but perhaps the next time; the error says why.
    NoAnswer(anyhow::Error),
}

impl Job {
    /// True if its counts do not change any more.
    pub fn has_ended(&self) -> bool {
        self.status == "completed" || self.status == "failed"
    }

    /// The number of agents who have an outcome.
    pub fn agents_with_outcome(&self) -> u64 {
        self.logged_out + self.deferred + self.skipped
    }
}
