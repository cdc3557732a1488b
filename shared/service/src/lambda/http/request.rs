//! What functions ask of a request.

use std::borrow::Cow;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use domain::ids::JobId;
use domain::limits::MAX_BODY_BYTES;
use domain::tenant::Tenant;
use http::Method;
use wire::http::paths::JOBS_PATH;
use wire::http::{Faults, quoted};

use super::error::HttpError;
use super::event::{Request, RequestBody};
use crate::authentication::Authenticator;

/// The tenant that calls.
///
/// # Errors
/// The credentials are not valid, or could not be looked up.
pub async fn authenticate(
    authenticator: &Authenticator,
    request: &Request,
) -> Result<Tenant, HttpError> {
    let (authorization, host) = (request.header("authorization"), Some(&*request.host));
    Ok(authenticator.authenticate(authorization, host).await?)
}

/// Refuses a request for another route than the one that a function serves. API Gateway does so too; `cargo lambda` and a
/// wrong template do not.
///
/// # Errors
/// [`HttpError::NotFound`].
pub fn require_route(request: &Request, method: &Method, path: &str) -> Result<(), HttpError> {
    if request.method == method.as_str() && request.path == path {
        Ok(())
    } else {
        Err(HttpError::NotFound)
    }
}

/// Refuses any query parameter, so that an option that belongs elsewhere, or nowhere, is not ignored.
///
/// # Errors
/// [`HttpError::BadRequest`] that names them.
pub fn refuse_query_parameters(request: &Request) -> Result<(), HttpError> {
    let mut unknown = Faults::default();
    for parameter in request.query.split('&').filter(|text| !text.is_empty()) {
        let name = parameter.split('=').next().unwrap_or_default();
        unknown.add(|| format!("unknown query parameter {}", quoted(name)));
    }
    if unknown.is_empty() {
        Ok(())
    } else {
        Err(HttpError::BadRequest(unknown.to_string()))
    }
}

/// The number in the path of a job.
///
/// # Errors
/// [`HttpError::NotFound`] for another route, and for a number that no job can have.
pub fn job_id(request: &Request) -> Result<JobId, HttpError> {
    let text = request.path.strip_prefix(JOBS_PATH);
    let text = text.filter(|_| request.method == Method::GET.as_str());
    text.and_then(JobId::parse).ok_or(HttpError::NotFound)
}

/// Where a job can be looked up, under the host name that this request came in for.
#[must_use]
pub fn job_url(request: &Request, job_id: JobId) -> String {
    let scheme = match request.header("x-forwarded-proto") {
        Some("http") => "http",
        _ => "https",
    };
    format!("{scheme}://{}{JOBS_PATH}{job_id}", request.host)
}

/// The body of a request that must be JSON; empty if there is none.
///
/// # Errors
/// A body with another content type or with an encoding, one that is too large, and one that is not the Base64 that the event
/// says it is.
pub fn json_body(request: &Request) -> Result<Cow<'_, [u8]>, HttpError> {
    let body = body(request)?;
    refuse_encodings(request)?;
    if body.is_empty() {
        return Ok(body);
    }
    let media_type = request.header("content-type");
    let media_type = media_type.and_then(|text| text.split(';').next());
    if !media_type.is_some_and(|text| text.trim().eq_ignore_ascii_case("application/json")) {
        return Err(HttpError::UnsupportedMediaType);
    }
    if body.len() > MAX_BODY_BYTES {
        return Err(HttpError::PayloadTooLarge(body.len()));
    }
    Ok(body)
}

fn body(request: &Request) -> Result<Cow<'_, [u8]>, HttpError> {
    match &request.body {
        RequestBody::Text(text) => Ok(Cow::Borrowed(text.as_bytes())),
        RequestBody::Base64(text) => BASE64_STANDARD
            .decode(text)
            .map(Cow::Owned)
            .map_err(|_| HttpError::BadRequest("the body cannot be read".to_owned())),
    }
}

/// Compressed bodies are not read: their size would say nothing about what reading them costs.
fn refuse_encodings(request: &Request) -> Result<(), HttpError> {
    let encodings = request.header("content-encoding").unwrap_or_default();
    let is_plain = |encoding: &str| {
        let encoding = encoding.trim();
        encoding.is_empty() || encoding.eq_ignore_ascii_case("identity")
    };
    if encodings.split(',').all(is_plain) {
        Ok(())
    } else {
        Err(HttpError::UnsupportedEncoding(quoted(encodings)))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use serde_json::value::to_raw_value;

    use super::*;

    fn request(query: &str, headers: &serde_json::Value, body: &str, base64: bool) -> Request {
        let event = json!({
            "rawPath": "/",
            "rawQueryString": query,
            "headers": headers,
            "requestContext": { "domainName": "a.example.com", "http": { "method": "POST" } },
            "body": body,
            "isBase64Encoded": base64,
        });
        Request::of_event(&to_raw_value(&event).unwrap()).unwrap()
    }

    fn message<T>(result: Result<T, HttpError>) -> String {
        match result {
            Ok(_) => "accepted".to_owned(),
            Err(error) => format!("{} {error}", error.status().as_u16()),
        }
    }

    #[test]
    fn every_query_parameter_is_named() {
        let refused = |query| {
            let request = request(query, &json!({}), "", false);
            message(refuse_query_parameters(&request))
        };
        assert_eq!(refused(""), "accepted");
        assert_eq!(refused("&"), "accepted");
        assert_eq!(
            refused("dry_run=true&x"),
            r#"400 unknown query parameter "dry_run"; unknown query parameter "x""#
        );
        assert_eq!(
            refused("\"\u{202e}=1"),
            r#"400 unknown query parameter "\"\u{202e}""#
        );
        let many = refused(&"x&".repeat(50_000));
        assert!(
            many.ends_with("; and 49980 more") && many.len() < 1_000,
            "{many}"
        );
    }

    #[test]
    fn only_json_without_an_encoding_is_read() {
        let json = "application/json";
        for (headers, body, base64, expected) in [
            (json!({ "content-type": json }), "{}", false, "accepted"),
            (json!({ "Content-Type": json }), "e30=", true, "accepted"),
            (
                json!({ "content-type": json }),
                "e30",
                true,
                "400 the body cannot be read",
            ),
            (
                json!({ "content-type": json }),
                "{}",
                true,
                "400 the body cannot be read",
            ),
            (json!({}), "", false, "accepted"),
            (
                json!({}),
                "{}",
                false,
                "415 the Content-Type must be application/json",
            ),
            (
                json!({ "content-type": json, "content-encoding": "Identity" }),
                "{}",
                false,
                "accepted",
            ),
            (
                json!({ "content-type": json, "content-encoding": "gzip" }),
                "H4sI",
                true,
                r#"415 the Content-Encoding "gzip" is not supported; send the body as it is"#,
            ),
            (
                json!({ "content-type": json, "content-encoding": "identity, br" }),
                "{}",
                false,
                r#"415 the Content-Encoding "identity, br" is not supported; send the body as it is"#,
            ),
        ] {
            let request = request("", &headers, body, base64);
            assert_eq!(message(json_body(&request)), expected, "{headers} {body}");
        }
    }
}
