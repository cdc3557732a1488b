//! Requests that failed: why, and whether they may have logged agents out.

use std::error::Error;

use anyhow::anyhow;
use reqwest::StatusCode;
use serde_json::Value;
use thiserror::Error;

use super::body::message;
use super::logout_answer::EarlierAttempts;

/// An answer of the service that says that the request failed.
#[derive(Debug, Error)]
#[error("{sentence}")]
pub struct Refusal {
    /// Says what went wrong.
    pub(super) sentence: String,
    /// The body of the answer; `null` if it is not JSON.
    pub body: Value,
}

/// Why there is no answer of the service.
pub(super) enum Failure {
    /// The request was not sent; the URL, and why.
    NotSent(String),
    /// The request was sent, but no complete answer came; the URL, and why.
    NoAnswer(String),
    /// Every attempt was answered with 503.
    Unavailable {
        /// The number of attempts.
        attempts: u32,
        /// The body of the last answer.
        body: Value,
    },
    /// Something else than the service answered; a sentence that says what.
    NotTheService(String),
}

impl Failure {
    /// The error of a request to log agents out.
    pub(super) fn of_logout(self, earlier: EarlierAttempts) -> anyhow::Error {
        let may_have_logged_out = match &self {
            Self::NoAnswer(_) | Self::Unavailable { .. } => true,
            Self::NotSent(_) | Self::NotTheService(_) => {
                earlier == EarlierAttempts::MayHaveLoggedOut
            }
        };
        let error = anyhow::Error::from(self);
        if may_have_logged_out {
            outcome_unknown(error)
        } else {
            error
        }
    }
}

impl From<Failure> for anyhow::Error {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::NotSent(reason) => {
                anyhow!("cannot reach {reason}; is the URL right, and is the service running?")
            }
            Failure::NoAnswer(reason) => {
                anyhow!("the request was sent, but no answer came from {reason}")
            }
            Failure::Unavailable { attempts, body } => {
                let sentence = format!(
                    "the service is unavailable, after {attempts} attempts; try again in a while"
                );
                Refusal { sentence, body }.into()
            }
            Failure::NotTheService(reason) => anyhow!(reason),
        }
    }
}

/// The error of a request to log agents out that may have logged some out.
pub(super) fn outcome_unknown(error: anyhow::Error) -> anyhow::Error {
    error.context(
        "some agents may be logged out already, so repeat the command, which only affects the others",
    )
}

/// The error for an answer that says that the request failed.
pub(super) fn refusal(status: StatusCode, body: Value) -> anyhow::Error {
    let message = message(&body);
    let sentence = match status {
        StatusCode::UNAUTHORIZED => format!(
            "the service refuses the tenant and token ({status}): check both; the token may be revoked, or belong to another tenant"
        ),
        StatusCode::BAD_REQUEST => message.to_owned(),
        _ => format!("the service answers {status}: {message}"),
    };
    Refusal { sentence, body }.into()
}

/// The innermost cause, such as "Connection refused"; the outer ones say where in the HTTP client it happened.
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
