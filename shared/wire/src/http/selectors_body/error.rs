//! Why a body is refused.

use thiserror::Error;

use crate::http::faults::Faults;

/// What is wrong with a body: sentences that name the places.
#[derive(Debug, PartialEq, Eq, Error)]
pub enum SelectorsError {
    /// No bytes at all.
    #[error("the body is empty; it must be a JSON object")]
    EmptyBody,
    /// An array, a string, a number, …
    #[error("the body must be a JSON object")]
    NotAnObject,
    /// Not JSON; serde's words, with line and column.
    #[error("the body is not valid JSON: {0}")]
    Syntax(String),
    /// None of the three selectors holds anything.
    #[error("at least one of agent_ids, team_ids and ip_addrs must be a non-empty array")]
    NoSelector,
    /// Keys or entries are wrong.
    #[error("{0}")]
    Faults(Faults),
}
