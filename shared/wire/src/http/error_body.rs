//! The body of every error.

use serde::Serialize;

/// The message when a request selects no agent who is online (the HTTP contract).
pub const NO_AGENT_FOUND: &str = "cannot find any agent by input params";

/// A sentence that says what is wrong, and where.
#[derive(Serialize)]
pub struct ErrorBody {
    /// The sentence.
    pub message: String,
}
