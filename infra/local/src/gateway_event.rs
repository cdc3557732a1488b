//! An HTTP request as API Gateway hands it to a function: an HTTP API event, payload format 2.0.

use std::collections::BTreeMap;

use axum::body::Bytes;
use axum::http::HeaderMap;
use axum::http::header::{CONTENT_TYPE, HOST};
use axum::http::request::Parts;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};
use uuid::Uuid;

/// The event for a request that matched `route_key`, such as `POST /agents`.
pub fn of_request(parts: &Parts, body: &Bytes, route_key: &str) -> Value {
    let headers = joined(&parts.headers);
    let host = headers.get(HOST.as_str()).cloned().unwrap_or_default();
    let text = is_text(&parts.headers)
        .then(|| std::str::from_utf8(body).ok())
        .flatten();
    json!({
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
        "body": if body.is_empty() { None } else { Some(text.map_or_else(|| BASE64_STANDARD.encode(body), str::to_owned)) },
        "isBase64Encoded": !body.is_empty() && text.is_none(),
    })
}

/// Headers by lower-case name, those of one name joined with commas.
fn joined(headers: &HeaderMap) -> BTreeMap<&str, String> {
    let mut joined = BTreeMap::<&str, String>::new();
    for (name, value) in headers {
        let value = String::from_utf8_lossy(value.as_bytes());
        joined
            .entry(name.as_str())
            .and_modify(|earlier| {
                earlier.push(',');
                earlier.push_str(&value);
            })
            .or_insert_with(|| value.to_string());
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
