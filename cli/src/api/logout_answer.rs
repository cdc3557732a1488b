//! The answer to a request to log agents out.

use domain::ids::{AgentId, JobId};
use reqwest::StatusCode;
use serde::Deserialize;
use serde_json::Value;
use wire::http::NO_AGENT_FOUND;

use super::answer::message;
use super::job::Job;

/// The answer to a request to log agents out.
#[derive(Debug, PartialEq, Eq)]
pub enum LogoutAnswer {
    /// The outcome of each agent.
    Rows(Vec<AgentRow>),
    /// There were too many agents to wait for.
    Job(JobId),
    /// No matching agent is online.
    NoAgentFound,
}

/// Whether the answer covers everything that a request did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EarlierAttempts {
    /// The request was sent once.
    None,
    /// An earlier attempt was answered with 503. It may have logged out agents whom the last attempt did not find any more.
    MayHaveLoggedOut,
}

/// The outcome of an agent.
#[derive(Debug, PartialEq, Eq, Deserialize)]
pub struct AgentRow {
    /// The agent.
    pub agent_id: AgentId,
    /// Their name.
    pub name: String,
    /// Their mail address.
    pub email: String,
    /// The number that callers see.
    pub agent_number: String,
    /// Their status before the request.
    pub previous_status: String,
    /// Their status now.
    pub current_status: String,
    /// Only in the row of a deferred agent.
    pub message: Option<String>,
}

/// Reads the answer; `None` if it says that the request failed.
pub(super) fn read(status: StatusCode, body: &Value) -> Option<LogoutAnswer> {
    let can_have_rows = [StatusCode::OK, StatusCode::BAD_REQUEST].contains(&status);
    if can_have_rows && let Ok(rows) = Vec::<AgentRow>::deserialize(body) {
        return Some(LogoutAnswer::Rows(rows));
    }
    match status {
        StatusCode::OK => Job::deserialize(body)
            .ok()
            .map(|job| LogoutAnswer::Job(job.id)),
        StatusCode::BAD_REQUEST if message(body) == NO_AGENT_FOUND => {
            Some(LogoutAnswer::NoAgentFound)
        }
        _ => None,
    }
}
