//! An HTTP request as API Gateway hands it to a function: an HTTP API event, payload format 2.0.

use std::collections::BTreeMap;

use axum::body::Bytes;
use axum::http::HeaderMap;
use axum::http::header::{CONTENT_TYPE, HOST};
use axum::http::request::Parts;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};
use url::Url;
use uuid::Uuid;

/// The maximum length of a URI; API Gateway allows as many bytes for request line and headers together (quotas of HTTP APIs).
const MAX_URI_LEN: usize = 10_240;

/// An event that a function can read.
pub struct GatewayEvent(Value);

impl GatewayEvent {
    /// The event for a request that matched the route of that path; `None` for a request that the gateway refuses, because it
    /// has no valid host or too long a URI.
    pub fn of_request(parts: &Parts, body: &Bytes, route_path: &str) -> Option<Self> {
        let mut headers = joined(&parts.headers);
        let host = headers.get(HOST.as_str()).cloned()?;
        Url::parse(&format!("http://{host}{}", parts.uri.path())).ok()?;
        if parts.uri.to_string().len() > MAX_URI_LEN {
            return None;
        }
        // The gateway sets these itself, whatever the caller sent.
        headers.insert("x-forwarded-for", "127.0.0.1".to_owned());
        headers.insert("x-forwarded-proto", "http".to_owned());

        let route_key = format!("{} {route_path}", parts.method);
        let text = std::str::from_utf8(body)
            .ok()
            .filter(|_| is_text(&parts.headers));
        let encoded = || BASE64_STANDARD.encode(body);
        Some(Self(json!({
            "version": "2.0",
            "routeKey": route_key,
            "rawPath": parts.uri.path(),
            "rawQueryString": parts.uri.query().unwrap_or_default(),
            "headers": headers,
            "requestContext": {
                "accountId": "000000000000",
                "apiId": "local",
                "domainName": host,
                "domainPrefix": host.split('.').next(),
                "http": {
                    "method": parts.method.as_str(),
                    "path": parts.uri.path(),
                    "protocol": "HTTP/1.1",
                    "sourceIp": "127.0.0.1",
                    "userAgent": headers.get("user-agent"),
                },
                "requestId": Uuid::new_v4().to_string(),
                "routeKey": route_key,
                "stage": "$default",
            },
            "body": (!body.is_empty()).then(|| text.map_or_else(encoded, str::to_owned)),
            "isBase64Encoded": !body.is_empty() && text.is_none(),
        })))
    }

    /// The request as a function receives it.
    pub fn to_request(&self) -> lambda_http::Request {
        lambda_http::request::from_str(&self.0.to_string())
            .expect("an event of this shape is one of API Gateway's")
    }
}

/// Headers by lower-case name, those of one name joined with commas.
fn joined(headers: &HeaderMap) -> BTreeMap<&str, String> {
    let mut joined = BTreeMap::<&str, String>::new();
    for (name, value) in headers {
        let value = String::from_utf8_lossy(value.as_bytes());
        let all = joined.entry(name.as_str()).or_default();
        if !all.is_empty() {
            all.push(',');
        }
        all.push_str(&value);
    }
    joined
}

/// Bodies of other types travel in Base64.
fn is_text(headers: &HeaderMap) -> bool {
    let content_type = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    content_type.is_some_and(|text| {
        text.starts_with("text/") || text.contains("json") || text.contains("xml")
    })
}
