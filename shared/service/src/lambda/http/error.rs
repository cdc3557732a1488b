//! Every error answer there is. Only here are errors mapped to answers.

use domain::limits::MAX_BODY_BYTES;
use http::StatusCode;
use http::header::{HeaderName, HeaderValue, RETRY_AFTER, WWW_AUTHENTICATE};
use store::StoreError;
use thiserror::Error;
use wire::http::{NO_AGENT_FOUND, SelectorsError};

use crate::authentication::AuthenticationError;
use crate::jobs::AcceptJobError;

/// How long a caller is asked to wait after a 503: a guess, long enough for a transient fault of one call.
const RETRY_AFTER_SECONDS: HeaderValue = HeaderValue::from_static("2");

/// Why a request is answered with nothing but a message.
#[derive(Debug, Error)]
pub enum HttpError {
    /// No such route, or nothing there for this caller.
    #[error("Not Found")]
    NotFound,
    /// The credentials are not valid.
    #[error("Unauthorized")]
    Unauthorized,
    /// The body is not declared as JSON.
    #[error("the Content-Type must be application/json")]
    UnsupportedMediaType,
    /// The body is compressed, or encoded in another way; quoted.
    #[error("the Content-Encoding {0} is not supported; send the body as it is")]
    UnsupportedEncoding(String),
    /// The body is larger than [`MAX_BODY_BYTES`].
    #[error("the body has {0} bytes; at most {MAX_BODY_BYTES} are allowed")]
    PayloadTooLarge(usize),
    /// The request is invalid: a sentence that says where.
    #[error("{0}")]
    BadRequest(String),
    /// The request selects no agent who is online.
    #[error("{}", NO_AGENT_FOUND)]
    NoAgentFound,
    /// A dependency refused, or did not answer in time.
    #[error("temporarily unavailable, retry")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The answer took longer than a caller waits.
    #[error("temporarily unavailable, retry")]
    TimedOut,
}

impl HttpError {
    pub(super) fn status(&self) -> StatusCode {
        match self {
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Unauthorized => StatusCode::UNAUTHORIZED,
            Self::UnsupportedMediaType | Self::UnsupportedEncoding(_) => {
                StatusCode::UNSUPPORTED_MEDIA_TYPE
            }
            Self::PayloadTooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
            Self::BadRequest(_) | Self::NoAgentFound => StatusCode::BAD_REQUEST,
            Self::Unavailable(_) | Self::TimedOut => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    pub(super) fn header(&self) -> Option<(HeaderName, HeaderValue)> {
        match self {
            Self::Unauthorized => Some((
                WWW_AUTHENTICATE,
                HeaderValue::from_static(r#"Basic realm="apps-api""#),
            )),
            Self::Unavailable(_) | Self::TimedOut => Some((RETRY_AFTER, RETRY_AFTER_SECONDS)),
            _ => None,
        }
    }
}

impl From<AuthenticationError> for HttpError {
    fn from(error: AuthenticationError) -> Self {
        match error {
            AuthenticationError::Unauthorized => Self::Unauthorized,
            AuthenticationError::Store(error) => error.into(),
        }
    }
}

impl From<StoreError> for HttpError {
    fn from(error: StoreError) -> Self {
        Self::Unavailable(error.into())
    }
}

impl From<AcceptJobError> for HttpError {
    fn from(error: AcceptJobError) -> Self {
        Self::Unavailable(error.into())
    }
}

impl From<SelectorsError> for HttpError {
    fn from(error: SelectorsError) -> Self {
        Self::BadRequest(error.to_string())
    }
}
