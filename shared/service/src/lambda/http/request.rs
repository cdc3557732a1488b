//! Reading a request as API Gateway hands it over.

use domain::ids::JobId;
use domain::limits::MAX_BODY_BYTES;
use domain::tenant::Tenant;
use lambda_http::http::Method;
use lambda_http::http::header::{AUTHORIZATION, CONTENT_TYPE, HOST, HeaderName};
use lambda_http::{Request, RequestExt};
use wire::http::paths::JOBS_PATH;

use super::error::HttpError;
use crate::authentication::Authenticator;

/// The tenant that calls.
///
/// # Errors
/// The credentials are not valid, or could not be looked up.
pub async fn authenticate(
    authenticator: &Authenticator,
    request: &Request,
) -> Result<Tenant, HttpError> {
    let (authorization, host) = (header(request, AUTHORIZATION), header(request, HOST));
    Ok(authenticator.authenticate(authorization, host).await?)
}

/// Refuses a request for another route than the one that a function serves. API Gateway does so too; `cargo lambda` and a
/// wrong template do not.
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

/// Where a job can be looked up, under the host name that this request came in for.
#[must_use]
pub fn job_url(request: &Request, job_id: JobId) -> String {
    let scheme = request.uri().scheme_str().unwrap_or("https");
    let authority = request.uri().authority().map_or("", |host| host.as_str());
    format!("{scheme}://{authority}{JOBS_PATH}{job_id}")
}

/// The body of a request that must be JSON; empty if there is none.
///
/// # Errors
/// A body with another content type, or one that is too large.
pub fn json_body(request: &Request) -> Result<&[u8], HttpError> {
    let body: &[u8] = request.body();
    if body.is_empty() {
        return Ok(body);
    }
    let media_type = header(request, CONTENT_TYPE)
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

/// The value of a header, if it is text.
fn header(request: &Request, name: HeaderName) -> Option<&str> {
    request.headers().get(name)?.to_str().ok()
}
