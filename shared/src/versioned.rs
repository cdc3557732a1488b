//! Bodies of messages: JSON with the version `v` of what they hold.

use serde::{Deserialize, Serialize};
use serde_json::error::Category;
use thiserror::Error;

/// The version written, and the only one read.
pub const VERSION: u64 = 1;

/// A body that is nothing this version understands. Tells the place, never the content.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum BodyError {
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
    /// Written by a version that is not known here.
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

/// What a body holds.
///
/// # Errors
/// See [`BodyError`].
pub fn read<'b, T: Deserialize<'b>>(body: &'b str) -> Result<T, BodyError> {
    let VersionOnly { v } = from_json(body)?;
    if v == VERSION {
        from_json(body)
    } else {
        Err(BodyError::Version(v))
    }
}

/// The body that holds `content`, which has string keys and no part that can fail.
#[must_use]
pub fn write<T: Serialize>(content: &T) -> String {
    let versioned = Versioned {
        v: VERSION,
        content,
    };
    serde_json::to_string(&versioned).expect("the caller's promise")
}

fn from_json<'b, T: Deserialize<'b>>(body: &'b str) -> Result<T, BodyError> {
    serde_json::from_str(body).map_err(|error| match error.classify() {
        Category::Data => BodyError::Shape,
        _ => BodyError::Syntax {
            line: error.line(),
            column: error.column(),
        },
    })
}
