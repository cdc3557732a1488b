//! The body of every error.

use serde::Serialize;

/// A sentence that says what is wrong, and where.
#[derive(Serialize)]
pub struct ErrorBody {
    /// The sentence.
    pub message: String,
}
