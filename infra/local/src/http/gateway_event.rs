//! An HTTP request as API Gateway hands it to a function: an HTTP API event, payload format 2.0.

use std::borrow::Cow;
use std::collections::BTreeMap;

use axum::body::Bytes;
use axum::http::header::{CONTENT_TYPE, HOST};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Version};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use percent_encoding::percent_decode_str;
use serde_json::json;
use serde_json::value::{RawValue, to_raw_value};
use uuid::Uuid;

/// The maximum length of a URI; API Gateway allows as many bytes for request line and headers together (quotas of HTTP APIs).
const MAX_URI_LEN: usize = 10_240;

/// What a function is invoked with.
pub struct GatewayEvent(Box<RawValue>);

impl GatewayEvent {
    /// The event for a request with that decoded path, which matched the route of `route_path`; `None` for a request that the
    /// gateway refuses, because it has no host or too long a URI.
    pub fn of_request(parts: &Parts, path: &str, body: &Bytes, route_path: &str) -> Option<Self> {
        let mut headers = joined(&parts.headers);
        // HTTP/2 has the host in the URI.
        let host = parts.uri.authority().map(ToString::to_string);
        let host = host.or_else(|| headers.get(HOST.as_str()).cloned())?;
        headers.insert(HOST.as_str(), host.clone());
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
        let event = json!({
            "version": "2.0",
            "routeKey": route_key,
            "rawPath": path,
            "rawQueryString": parts.uri.query().unwrap_or_default(),
            "headers": headers,
            "requestContext": {
                "accountId": "000000000000",
                "apiId": "local",
                "domainName": host,
                "domainPrefix": host.split('.').next(),
                "http": {
                    "method": parts.method.as_str(),
                    "path": path,
                    "protocol": protocol(parts.version),
                    "sourceIp": "127.0.0.1",
                    "userAgent": headers.get("user-agent"),
                },
                "requestId": Uuid::new_v4().to_string(),
                "routeKey": route_key,
                "stage": "$default",
            },
            "body": (!body.is_empty()).then(|| text.map_or_else(encoded, str::to_owned)),
            "isBase64Encoded": !body.is_empty() && text.is_none(),
        });
        to_raw_value(&event).ok().map(Self)
    }

    /// The event as a function receives it.
    pub fn as_json(&self) -> &RawValue {
        &self.0
    }
}

/// The path as API Gateway routes it and hands it over: percent-decoded, once. `None` if that is no text.
pub fn decoded_path(parts: &Parts) -> Option<Cow<'_, str>> {
    percent_decode_str(parts.uri.path()).decode_utf8().ok()
}

fn protocol(version: Version) -> &'static str {
    match version {
        Version::HTTP_2 => "HTTP/2.0",
        _ => "HTTP/1.1",
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
