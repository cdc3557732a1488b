//! What the service answers.

use logout::http::HttpError;
use logout::ids::{AgentId, JobId};
use reqwest::StatusCode;
use serde::Deserialize;
use serde_json::Value;

/// What a request to log out is answered with.
#[derive(Debug, PartialEq, Eq)]
pub enum LogoutAnswer {
    /// What became of each agent.
    Rows(Vec<Row>),
    /// There were too many to wait for.
    Job(JobId),
    /// Nobody who is meant is online.
    Nobody,
}

/// Whether the answer is about everything that a request did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Earlier {
    /// It was sent once.
    NoTry,
    /// An earlier try was answered 503. It may have logged out others, whom the last one did not find any more.
    MayHaveActed,
}

/// What a look at a job found.
#[derive(Debug)]
pub enum Look {
    /// The job, and its JSON.
    Found(Job, Value),
    /// There is none of that number; says so.
    NoSuchJob(anyhow::Error),
    /// No answer this time, but perhaps the next; says why.
    NoAnswer(anyhow::Error),
}

/// What became of an agent.
#[derive(Debug, PartialEq, Eq, Deserialize)]
pub struct Row {
    /// The agent.
    pub agent_id: AgentId,
    /// Their name.
    pub name: String,
    /// Their address for mail.
    pub email: String,
    /// The number callers see.
    pub agent_number: String,
    /// What they did before.
    pub previous_status: String,
    /// What they do now.
    pub current_status: String,
    /// There if they finish a call or chat first.
    pub message: Option<String>,
}

/// How far a job is.
#[derive(Debug, PartialEq, Eq, Deserialize)]
pub struct Job {
    /// Its number.
    pub id: JobId,
    /// `created`, `in_progress`, `completed` or `failed`.
    pub status: String,
    /// When it was accepted.
    pub created_at: Option<String>,
    /// When the last agent was settled.
    pub finished_at: Option<String>,
    /// So many agents are meant; unknown at first.
    pub total: Option<u64>,
    /// So many are out.
    #[serde(default)]
    pub logged_out: u64,
    /// So many finish a call or chat first.
    #[serde(default)]
    pub deferred: u64,
    /// So many were not to be logged out.
    #[serde(default)]
    pub skipped: u64,
}

/// `None` for an answer that is none of the good ones.
pub(super) fn logout_answer(status: StatusCode, body: &Value) -> Option<LogoutAnswer> {
    let answers_rows = [StatusCode::OK, StatusCode::BAD_REQUEST].contains(&status);
    if answers_rows && let Ok(rows) = Vec::<Row>::deserialize(body) {
        return Some(LogoutAnswer::Rows(rows));
    }
    match status {
        StatusCode::OK => Job::deserialize(body)
            .ok()
            .map(|job| LogoutAnswer::Job(job.id)),
        StatusCode::BAD_REQUEST if message(body) == HttpError::NobodyFound.to_string() => {
            Some(LogoutAnswer::Nobody)
        }
        _ => None,
    }
}

/// The sentence of an answer.
pub(super) fn message(body: &Value) -> &str {
    let message = body.get("message").and_then(Value::as_str);
    message.unwrap_or("without a message")
}
