//! The HTTP front: routes requests to the functions as an API Gateway HTTP API does.

use std::sync::Arc;

use anyhow::{Context, Result};
use aws_lambda_events::encodings::Body as AnswerBody;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Response};
use http_body_util::LengthLimitError;
use serde_json::json;
use tokio::net::TcpListener;
use wire::http::paths::{FORCE_LOGOUT_PATH, JOB_ROUTE, JOBS_PATH};

use super::api_docs;
use super::gateway_event::{GatewayEvent, decoded_path};
use crate::functions::Functions;

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
/// The server failed.
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
    let served = axum::serve(listener, router)
        .with_graceful_shutdown(shutdown)
        .await;
    served.context("the HTTP front failed")
}

async fn respond(State(functions): State<Arc<Functions>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let Some(path) = decoded_path(&parts) else {
        return message(StatusCode::BAD_REQUEST, "Bad Request");
    };
    let Some((function, route)) = route(&parts.method, &path) else {
        return message(StatusCode::NOT_FOUND, "Not Found");
    };
    let body = match to_bytes(body, MAX_PAYLOAD_BYTES).await {
        Ok(body) => body,
        Err(error) if is_too_large(&error) => {
            return message(StatusCode::PAYLOAD_TOO_LARGE, "Request Entity Too Large");
        }
        // Among others a chunk whose size is not a number.
        Err(_) => return message(StatusCode::BAD_REQUEST, "Bad Request"),
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

/// True if the body is larger than allowed, and not broken.
fn is_too_large(error: &axum::Error) -> bool {
    let source = std::error::Error::source(error);
    source.is_some_and(|source| source.is::<LengthLimitError>())
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
