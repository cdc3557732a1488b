//! The version of a message: every body is a JSON object whose key `v` names the version of its other keys.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use thiserror::Error;

use crate::json_object::{self, KeyError, ObjectError};

/// The version written, and the only one read.
pub const VERSION: u64 = 1;

/// A body that this version cannot read. Names the key that is wrong, and never says what the body holds.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum MessageError {
    /// Not the object that was expected.
    #[error(transparent)]
    Object(#[from] ObjectError),
    /// Of a version that is not known here.
    #[error("of version {0}; only {VERSION} is known")]
    Version(u64),
}

impl From<KeyError> for MessageError {
    fn from(error: KeyError) -> Self {
        Self::Object(error.into())
    }
}

#[derive(Serialize)]
struct Versioned<'a, T> {
    v: u64,
    #[serde(flatten)]
    content: &'a T,
}

#[derive(Deserialize)]
struct VersionOnly {
    v: Value,
}

/// Reads the content of a body.
///
/// # Errors
/// See [`MessageError`].
pub fn read<'b, T: Deserialize<'b>>(body: &'b str) -> Result<T, MessageError> {
    let VersionOnly { v } = json_object::read(body)?;
    match v.as_u64() {
        Some(VERSION) => Ok(json_object::read(body)?),
        Some(other) => Err(MessageError::Version(other)),
        None => Err(KeyError::new("v", format_args!("expected {VERSION}")).into()),
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
