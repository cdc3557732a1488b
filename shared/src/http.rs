//! HTTP as API Gateway hands it over: reading requests, and every answer there is. Only here are errors mapped to
//! answers.

use lambda_http::http::header::{
    AUTHORIZATION, CACHE_CONTROL, CONTENT_TYPE, HOST, HeaderName, HeaderValue, RETRY_AFTER,
    WWW_AUTHENTICATE,
};
use lambda_http::http::{Method, StatusCode};
use lambda_http::{Body, Request, RequestExt, Response};
use serde::Serialize;
use thiserror::Error;
use tracing::error;

use crate::auth::AuthError;
use crate::ids::JobId;
use crate::logging::error_chain;
use crate::queue::QueueError;
use crate::request::SelectorsError;
use crate::store::StoreError;

/// Where agents are logged out.
pub const FORCE_LOGOUT_PATH: &str = "/apps/api/v1/agent_statuses/force_logout";
/// Under which jobs are looked up, by number.
pub const JOBS_PATH: &str = "/apps/api/v1/agent_statuses/force_logout/jobs/";
/// A larger body is refused; the largest good one, with every array at its limit, is about a quarter of it.
pub const MAX_BODY_BYTES: usize = 1024 * 1024;
/// After a 503 a caller is asked to wait that long: a guess, long enough for a passing fault of one call to be over.
const RETRY_AFTER_SECONDS: HeaderValue = HeaderValue::from_static("2");

/// Why a request gets no other answer than a message.
#[derive(Debug, Error)]
pub enum HttpError {
    /// No such route, or nothing there for this caller.
    #[error("Not Found")]
    NotFound,
    /// The credentials are not good.
    #[error("Unauthorized")]
    Unauthorized,
    /// The body is not declared as JSON.
    #[error("the Content-Type must be application/json")]
    UnsupportedMediaType,
    /// The body is beyond [`MAX_BODY_BYTES`].
    #[error("the body has {0} bytes; at most {MAX_BODY_BYTES} are allowed")]
    PayloadTooLarge(usize),
    /// The request makes no sense; a sentence that says where.
    #[error("{0}")]
    BadRequest(String),
    /// The request matched nobody who is online.
    #[error("cannot find any agent by input params")]
    NobodyFound,
    /// A dependency refused, or did not answer in time.
    #[error("temporarily unavailable, retry")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The answer took longer than a caller waits.
    #[error("temporarily unavailable, retry")]
    TimedOut,
}

/// The body of every error.
#[derive(Serialize)]
struct Message {
    message: String,
}

impl HttpError {
    fn status(&self) -> StatusCode {
        match self {
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Unauthorized => StatusCode::UNAUTHORIZED,
            Self::UnsupportedMediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::PayloadTooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
            Self::BadRequest(_) | Self::NobodyFound => StatusCode::BAD_REQUEST,
            Self::Unavailable(_) | Self::TimedOut => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    fn header(&self) -> Option<(HeaderName, HeaderValue)> {
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

impl From<AuthError> for HttpError {
    fn from(error: AuthError) -> Self {
        match error {
            AuthError::Unauthorized => Self::Unauthorized,
            AuthError::Store(error) => error.into(),
        }
    }
}

impl From<StoreError> for HttpError {
    fn from(error: StoreError) -> Self {
        Self::Unavailable(error.into())
    }
}

impl From<QueueError> for HttpError {
    fn from(error: QueueError) -> Self {
        Self::Unavailable(error.into())
    }
}

impl From<SelectorsError> for HttpError {
    fn from(error: SelectorsError) -> Self {
        Self::BadRequest(error.to_string())
    }
}

/// The answer to a request that got this far, good or bad. The one place where a failure is logged.
#[must_use]
pub fn answer(result: Result<Response<Body>, HttpError>) -> Response<Body> {
    result.unwrap_or_else(|error| {
        match &error {
            HttpError::Unavailable(cause) => {
                error!(error = error_chain(cause.as_ref()), "a dependency failed");
            }
            HttpError::TimedOut => error!("the answer took too long"),
            _ => {}
        }
        let mut response = json(
            error.status(),
            &Message {
                message: error.to_string(),
            },
        );
        response.headers_mut().extend(error.header());
        response
    })
}

/// An answer with a JSON body.
#[must_use]
pub fn json(status: StatusCode, body: &impl Serialize) -> Response<Body> {
    let text = serde_json::to_string(body).expect("answers have string keys and no fallible parts");
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// Refuses a request for another route than the one a function serves. API Gateway does so too; `cargo lambda` and a
/// mistaken template do not.
///
/// # Errors
/// [`HttpError::NotFound`].
pub fn require_route(request: &Request, method: &Method, path: &str) -> Result<(), HttpError> {
    if request.method() == method && request.raw_http_path() == path {
        Ok(())
    } else {
        Err(HttpError::NotFound)
    }
}

/// The number in the path of a job.
///
/// # Errors
/// [`HttpError::NotFound`] for another route, and for a number that no job can have.
pub fn job_id(request: &Request) -> Result<JobId, HttpError> {
    let text = request.raw_http_path().strip_prefix(JOBS_PATH);
    let text = text.filter(|_| request.method() == Method::GET);
    text.and_then(JobId::parse).ok_or(HttpError::NotFound)
}

/// Where a job can be looked up, under the name by which this request came in.
#[must_use]
pub fn job_url(request: &Request, job_id: JobId) -> String {
    let scheme = request.uri().scheme_str().unwrap_or("https");
    let authority = request.uri().authority().map_or("", |host| host.as_str());
    format!("{scheme}://{authority}{JOBS_PATH}{job_id}")
}

/// The body of a request that must be JSON; empty if there is none.
///
/// # Errors
/// Another content type on a body, or too long a body.
pub fn json_body(request: &Request) -> Result<&[u8], HttpError> {
    let body: &[u8] = request.body();
    if body.is_empty() {
        return Ok(body);
    }
    let content_type = request
        .headers()
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    let media_type = content_type
        .and_then(|text| text.split(';').next())
        .unwrap_or_default();
    if !media_type.trim().eq_ignore_ascii_case("application/json") {
        return Err(HttpError::UnsupportedMediaType);
    }
    if body.len() > MAX_BODY_BYTES {
        return Err(HttpError::PayloadTooLarge(body.len()));
    }
    Ok(body)
}

/// The `Authorization` header, if it is text.
#[must_use]
pub fn authorization(request: &Request) -> Option<&str> {
    request.headers().get(AUTHORIZATION)?.to_str().ok()
}

/// True when the request came in under that host name, on any port.
#[must_use]
pub fn is_host(request: &Request, name: &str) -> bool {
    let host = request
        .headers()
        .get(HOST)
        .and_then(|value| value.to_str().ok());
    host.and_then(|host| host.split(':').next())
        .is_some_and(|host| host.eq_ignore_ascii_case(name))
}
