//! Requests that failed: why, and whether they may have logged agents out.

use std::error::Error;

use anyhow::anyhow;
use reqwest::StatusCode;
use serde_json::Value;

use super::answer::message;
use super::logout_answer::EarlierAttempts;

/// Why there is no answer of the service.
pub(super) enum Failure {
    /// The request was not sent; the URL, and why.
    NotSent(String),
    /// The request was sent, but no complete answer came; the URL, and why.
    NoAnswer(String),
    /// Every attempt was answered with 503; the number of attempts.
    Unavailable(u32),
    /// Something else than the service answered; a sentence that says what.
    NotTheService(String),
}

impl Failure {
    /// The error of a request to log agents out.
    pub(super) fn of_logout(self, earlier: EarlierAttempts) -> anyhow::Error {
        let may_have_logged_out = match &self {
            Self::NoAnswer(_) | Self::Unavailable(_) => true,
            Self::NotSent(_) | Self::NotTheService(_) => {
                earlier == EarlierAttempts::MayHaveLoggedOut
            }
        };
        let error = anyhow::Error::from(self);
        if may_have_logged_out {
            outcome_unknown(&error)
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
            Failure::Unavailable(attempts) => anyhow!(
                "the service is unavailable, after {attempts} attempts; try again in a while"
            ),
            Failure::NotTheService(reason) => anyhow!(reason),
        }
    }
}

/// The error of a request to log agents out that may have logged some out.
pub(super) fn outcome_unknown(error: &anyhow::Error) -> anyhow::Error {
    anyhow!(
        "{error}; some agents may be logged out already: repeat the command, it only affects the others"
    )
}

/// The error for an answer that says that the request failed.
pub(super) fn refusal(status: StatusCode, body: &Value) -> anyhow::Error {
    let message = message(body);
    match status {
        StatusCode::UNAUTHORIZED => anyhow!(
            "the service refuses the tenant and token ({status}): check both; the token may be revoked, or belong to another tenant"
        ),
        StatusCode::BAD_REQUEST => anyhow!("{message}"),
        _ => anyhow!("the service answers {status}: {message}"),
    }
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
