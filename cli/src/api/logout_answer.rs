//! The answer to a request to log agents out.

use domain::ids::JobId;
use reqwest::StatusCode;
use serde::Deserialize;
use serde_json::Value;
use wire::http::{AgentRow, JobBody, NO_AGENT_FOUND};

use super::body::message;

/// The answer to a request to log agents out.
#[derive(PartialEq, Eq)]
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

/// Reads the answer; `None` if it says that the request failed.
pub(super) fn read(status: StatusCode, body: &Value) -> Option<LogoutAnswer> {
    let can_have_rows = [StatusCode::OK, StatusCode::BAD_REQUEST].contains(&status);
    if can_have_rows && let Ok(rows) = Vec::<AgentRow>::deserialize(body) {
        return Some(LogoutAnswer::Rows(rows));
    }
    match status {
        StatusCode::OK => JobBody::deserialize(body)
            .ok()
            .map(|job| LogoutAnswer::Job(job.id)),
        StatusCode::BAD_REQUEST if message(body) == NO_AGENT_FOUND => {
            Some(LogoutAnswer::NoAgentFound)
        }
        _ => None,
    }
}
