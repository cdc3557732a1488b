//! What API Gateway invokes a function with: an event of an HTTP API, payload format 2.0. Read here and not by a library, because
//! any event has an answer: those who call a function by another way than the gateway, and callers with hosts, queries or
//! bodies that no browser sends, get a 400 and no error of the function.

use std::collections::HashMap;

use serde::Deserialize;
use serde_json::value::RawValue;
use url::Url;

use super::error::HttpError;

/// A request, not yet authenticated. Its path is decoded, as an HTTP API hands it over; its query and body are not.
#[derive(Debug)]
pub struct Request {
    pub(super) method: String,
    pub(super) path: String,
    pub(super) query: String,
    /// By lower-case name.
    headers: HashMap<String, String>,
    /// With its port, if it has one.
    pub(super) host: String,
    pub(super) body: RequestBody,
}

/// A body as the gateway hands it over.
#[derive(Debug)]
pub(super) enum RequestBody {
    Text(String),
    Base64(String),
}

/// What is read of an event; other keys may hold anything.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct HttpApiEvent {
    raw_path: String,
    raw_query_string: Option<String>,
    headers: Option<HashMap<String, String>>,
    request_context: RequestContext,
    body: Option<String>,
    is_base64_encoded: Option<bool>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RequestContext {
    domain_name: Option<String>,
    http: HttpContext,
}

#[derive(Deserialize)]
struct HttpContext {
    method: String,
}

impl Request {
    /// Reads an event.
    ///
    /// # Errors
    /// [`HttpError::BadRequest`] for an event of another kind, and for a host that no URL can have.
    pub fn of_event(event: &RawValue) -> Result<Self, HttpError> {
        let event: HttpApiEvent = serde_json::from_str(event.get())
            .map_err(|_| HttpError::BadRequest("the request cannot be read".to_owned()))?;
        let lower_case = |(name, value): (String, String)| (name.to_ascii_lowercase(), value);
        let headers: HashMap<String, String> = event.headers.unwrap_or_default();
        let headers: HashMap<String, String> = headers.into_iter().map(lower_case).collect();
        let host = headers.get("host").cloned();
        let host = host.or(event.request_context.domain_name);
        let host = host.filter(|host| is_host(host));
        let body = event.body.unwrap_or_default();
        Ok(Self {
            method: event.request_context.http.method,
            path: event.raw_path,
            query: event.raw_query_string.unwrap_or_default(),
            headers,
            host: host.ok_or_else(|| HttpError::BadRequest("the host is malformed".to_owned()))?,
            body: match event.is_base64_encoded {
                Some(true) => RequestBody::Base64(body),
                _ => RequestBody::Text(body),
            },
        })
    }

    /// The value of the header with this lower-case name.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(String::as_str)
    }
}

/// True for a host that a URL can have: links to jobs are made of it, and stand in headers.
fn is_host(host: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._:[]".contains(&byte);
    host.bytes().all(is_plain) && Url::parse(&format!("https://{host}/")).is_ok()
}

#[cfg(test)]
mod tests;
