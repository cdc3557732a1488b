//! The HTTP front: routes requests to the functions as an API Gateway HTTP API does.

use std::sync::Arc;

use anyhow::Result;
use aws_lambda_events::encodings::Body as AnswerBody;
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::header::{AUTHORIZATION, CACHE_CONTROL, CONTENT_TYPE, HOST};
use axum::http::request::Parts;
use axum::http::{HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::json;
use tokio::net::TcpListener;
use wire::http::basic_credentials;
use wire::http::paths::{FORCE_LOGOUT_PATH, JOB_ROUTE, JOBS_PATH};

use super::api_docs;
use super::gateway_event::{GatewayEvent, decoded_path};
use crate::functions::Functions;
use crate::serving::connections::{self, ConnectionLimits};
use crate::serving::request_body;

/// API Gateway takes no larger payload (quotas of HTTP APIs).
const MAX_PAYLOAD_BYTES: usize = 10 * 1024 * 1024;

/// A function behind the gateway.
#[derive(Clone, Copy, Debug)]
enum Function {
    ForceLogout,
    JobStatus,
}

/// Serves the API, and beside it the pages of `api_docs`, on `listener` until `shutdown` resolves, then finishes what is under way.
///
/// # Errors
/// None.
pub async fn serve(
    listener: TcpListener,
    functions: Arc<Functions>,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> Result<()> {
    let router = api_docs::routes()
        .with_state(())
        .fallback(respond)
        .method_not_allowed_fallback(respond)
        .with_state(functions);
    connections::serve(listener, router, ConnectionLimits::DEFAULT, shutdown).await;
    Ok(())
}

async fn respond(State(functions): State<Arc<Functions>>, request: Request) -> Response {
    let (mut parts, body) = request.into_parts();
    name_host(&mut parts);
    let Some(path) = decoded_path(&parts) else {
        return message(StatusCode::BAD_REQUEST, "Bad Request");
    };
    let Some((function, route)) = route(&parts.method, &path) else {
        return message(StatusCode::NOT_FOUND, "Not Found");
    };
    let body = if may_have_credentials(&parts) {
        request_body::read(body, MAX_PAYLOAD_BYTES).await
    } else {
        Ok(Bytes::new()) // The function refuses it without looking at the body.
    };
    let body = match body {
        Ok(body) => body,
        Err(status) => return refused_body(status),
    };
    let Some(event) = GatewayEvent::of_request(&parts, &path, &body, route) else {
        return message(StatusCode::BAD_REQUEST, "Bad Request");
    };
    // A panic ends the invocation and not the gateway.
    match tokio::spawn(async move { invoke(function, &functions, &event).await }).await {
        Ok(response) => response,
        Err(_panic) => message(StatusCode::INTERNAL_SERVER_ERROR, "Internal Server Error"),
    }
}

/// HTTP/2 has the host in the URI.
fn name_host(parts: &mut Parts) {
    let authority = parts.uri.authority();
    let host = authority.and_then(|host| HeaderValue::from_str(host.as_str()).ok());
    if let Some(host) = host {
        parts.headers.entry(HOST).or_insert(host);
    }
}

/// Whether there are credentials that could be good: bodies of others are not read, so that they take no memory.
fn may_have_credentials(parts: &Parts) -> bool {
    let header = parts.headers.get(AUTHORIZATION);
    let text = header.and_then(|header| header.to_str().ok());
    text.is_some_and(|text| basic_credentials(text).is_some())
}

fn refused_body(status: StatusCode) -> Response {
    match status {
        StatusCode::PAYLOAD_TOO_LARGE => message(status, "Request Entity Too Large"),
        other => message(other, other.canonical_reason().unwrap_or_default()),
    }
}

/// The function behind a path, and the path as the gateway's route has it.
fn route(method: &Method, path: &str) -> Option<(Function, &'static str)> {
    match (method, path) {
        (&Method::POST, FORCE_LOGOUT_PATH) => Some((Function::ForceLogout, FORCE_LOGOUT_PATH)),
        (&Method::GET, path) => {
            let id = path.strip_prefix(JOBS_PATH)?;
            let matches = !id.is_empty() && !id.contains('/');
            matches.then_some((Function::JobStatus, JOB_ROUTE))
        }
        _ => None,
    }
}

async fn invoke(function: Function, functions: &Functions, event: &GatewayEvent) -> Response {
    let answer = match function {
        Function::ForceLogout => functions.force_logout.handle(event.as_json()).await,
        Function::JobStatus => functions.job_status.handle(event.as_json()).await,
    };
    let body = match answer.body {
        Some(AnswerBody::Text(text)) => Body::from(text),
        Some(AnswerBody::Binary(bytes)) => Body::from(bytes),
        _ => Body::empty(),
    };
    let status = u16::try_from(answer.status_code).map(StatusCode::from_u16);
    match status {
        Ok(Ok(status)) => (status, answer.headers, body).into_response(),
        _ => message(StatusCode::INTERNAL_SERVER_ERROR, "Internal Server Error"),
    }
}

/// What the gateway itself answers.
fn message(status: StatusCode, text: &str) -> Response {
    let headers = [
        (CONTENT_TYPE, "application/json"),
        (CACHE_CONTROL, "no-store"),
    ];
    let body = json!({ "message": text }).to_string();
    (status, headers, body).into_response()
}
