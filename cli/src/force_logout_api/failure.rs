//! What it means that there is no good answer.

use std::error::Error;

use anyhow::anyhow;
use reqwest::StatusCode;
use serde_json::Value;

use super::answer::{Earlier, message};

/// Why there is no answer.
pub(super) enum Failure {
    /// The request was not sent; says from where, and why.
    NotReached(String),
    /// The request was sent, and no whole answer came; likewise.
    BrokenOff(String),
    /// It was answered 503 so many times.
    Unavailable(u32),
    /// Something else answers; says what.
    NotThis(String),
}

impl Failure {
    /// What it means for whoever wanted agents logged out.
    pub(super) fn of_a_logout(self, earlier: Earlier) -> anyhow::Error {
        let may_have_acted = match &self {
            Self::BrokenOff(_) | Self::Unavailable(_) => true,
            Self::NotReached(_) | Self::NotThis(_) => earlier == Earlier::MayHaveActed,
        };
        let error = anyhow::Error::from(self);
        if may_have_acted {
            agents_may_be_out(&error)
        } else {
            error
        }
    }
}

impl From<Failure> for anyhow::Error {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::NotReached(reason) => {
                anyhow!("cannot reach {reason}; is the URL right, and does it run?")
            }
            Failure::BrokenOff(reason) => {
                anyhow!("the request was sent, but no answer came from {reason}")
            }
            Failure::Unavailable(tries) => anyhow!(
                "the service is unavailable and was tried {tries} times; try again in a while"
            ),
            Failure::NotThis(reason) => anyhow!(reason),
        }
    }
}

/// An error after which nobody knows.
pub(super) fn agents_may_be_out(error: &anyhow::Error) -> anyhow::Error {
    anyhow!(
        "{error}; agents may be out all the same: repeat the command, whoever is out is not found again"
    )
}

/// What an answer that is none of the good ones says.
pub(super) fn refusal(status: StatusCode, body: &Value) -> anyhow::Error {
    let message = message(body);
    match status {
        StatusCode::UNAUTHORIZED => anyhow!(
            "the service refuses the tenant and token ({status}): check both; the token may be revoked, or of another tenant"
        ),
        StatusCode::BAD_REQUEST => anyhow!("{message}"),
        _ => anyhow!("the service answers {status}: {message}"),
    }
}

/// The innermost reason, such as "Connection refused"; what is round it says where it came through.
pub(super) fn cause(error: &reqwest::Error) -> String {
    if error.is_timeout() {
        return "it takes too long".to_owned();
    }
    let mut cause: &dyn Error = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    cause.to_string()
}
