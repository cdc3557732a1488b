//! The version of a message: every body is a JSON object whose key `v` names the version of its other keys.

use serde::{Deserialize, Serialize};
use serde_json::error::Category;
use thiserror::Error;

/// The version written, and the only one read.
pub const VERSION: u64 = 1;

/// A body that this version cannot read. Says where the fault is, never what the body holds.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum MessageError {
    /// Not JSON.
    #[error("not JSON at line {line} column {column}")]
    Syntax {
        /// From 1.
        line: usize,
        /// From 1.
        column: usize,
    },
    /// JSON of another shape.
    #[error("JSON, but not what version {VERSION} holds")]
    Shape,
    /// Of a version that is not known here.
    #[error("of version {0}; only {VERSION} is known")]
    Version(u64),
}

#[derive(Serialize)]
struct Versioned<'a, T> {
    v: u64,
    #[serde(flatten)]
    content: &'a T,
}

#[derive(Deserialize)]
struct VersionOnly {
    v: u64,
}

/// Reads the content of a body.
///
/// # Errors
/// See [`MessageError`].
pub fn read<'b, T: Deserialize<'b>>(body: &'b str) -> Result<T, MessageError> {
    let VersionOnly { v } = from_json(body)?;
    if v == VERSION {
        from_json(body)
    } else {
        Err(MessageError::Version(v))
    }
}

/// The body for `content`, which must have string keys and no part that can fail.
#[must_use]
pub fn write<T: Serialize>(content: &T) -> String {
    let versioned = Versioned {
        v: VERSION,
        content,
    };
    serde_json::to_string(&versioned)
        .expect("the content has string keys and no part that can fail")
}

fn from_json<'b, T: Deserialize<'b>>(body: &'b str) -> Result<T, MessageError> {
    serde_json::from_str(body).map_err(|error| match error.classify() {
        Category::Data => MessageError::Shape,
        _ => MessageError::Syntax {
            line: error.line(),
            column: error.column(),
        },
    })
}
