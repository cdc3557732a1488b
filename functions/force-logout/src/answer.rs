//! The immediate answer: a row for every agent who was logged out or will be.

use lambda_http::http::StatusCode;
use lambda_http::{Body, Response};
use logout::agent::AgentStatus;
use logout::decision::Outcome;
use logout::http::{self, HttpError};
use logout::ids::AgentId;
use logout::log_out::Settled;
use serde::Serialize;

#[derive(Serialize)]
struct Row {
    agent_id: AgentId,
    name: String,
    email: String,
    agent_number: String,
    previous_status: String,
    current_status: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<&'static str>,
}

const WILL_LOG_OUT: &str = "will force logout as soon as the ongoing call/chat is completed";

/// 200 if anybody was logged out; 400 if all are on a call or chat, or nobody was found (the HTTP contract).
pub fn of_settled(settled: Vec<Settled>) -> Result<Response<Body>, HttpError> {
    let mut rows: Vec<Row> = settled.into_iter().filter_map(row).collect();
    if rows.is_empty() {
        return Err(HttpError::NobodyFound);
    }
    rows.sort_unstable_by_key(|row| row.agent_id);
    let all_deferred = rows.iter().all(|row| row.message.is_some());
    let status = if all_deferred {
        StatusCode::BAD_REQUEST
    } else {
        StatusCode::OK
    };
    Ok(http::json(status, &rows))
}

fn row(settled: Settled) -> Option<Row> {
    let (status, profile) = settled.found?;
    let previous_status = status.as_str().to_owned();
    let (current_status, message) = match settled.outcome {
        Outcome::LoggedOut => (AgentStatus::OFFLINE.to_owned(), None),
        Outcome::Deferred => (previous_status.clone(), Some(WILL_LOG_OUT)),
        Outcome::Skipped(_) => return None,
    };
    Some(Row {
        agent_id: settled.agent_id,
        name: profile.name,
        email: profile.email,
        agent_number: profile.agent_number,
        previous_status,
        current_status,
        message,
    })
}
