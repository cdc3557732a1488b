//! The HTTP front: routes requests to the functions as an API Gateway HTTP API does.

use std::sync::Arc;

use anyhow::{Context, Result};
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::http::request::Parts;
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Response};
use lambda_http::Body as LambdaBody;
use serde_json::json;
use tokio::net::TcpListener;
use wire::http::paths::{FORCE_LOGOUT_PATH, JOB_ROUTE, JOBS_PATH};

use super::api_docs;
use super::gateway_event::GatewayEvent;
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
    let Some((function, route)) = route(&parts) else {
        return message(StatusCode::NOT_FOUND, "Not Found");
    };
    let Ok(body) = to_bytes(body, MAX_PAYLOAD_BYTES).await else {
        return message(StatusCode::PAYLOAD_TOO_LARGE, "Request Entity Too Large");
    };
    let Some(event) = GatewayEvent::of_request(&parts, &body, route) else {
        return message(StatusCode::BAD_REQUEST, "Bad Request");
    };
    // A panic ends the invocation and not the gateway.
    match tokio::spawn(async move { invoke(function, &functions, &event).await }).await {
        Ok(response) => response,
        Err(_panic) => message(StatusCode::INTERNAL_SERVER_ERROR, "Internal Server Error"),
    }
}

/// The function behind a path, and the path as the gateway's route has it.
fn route(parts: &Parts) -> Option<(Function, &'static str)> {
    match (&parts.method, parts.uri.path()) {
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
    let request = event.to_request();
    let response = match function {
        Function::ForceLogout => functions.force_logout.handle(request).await,
        Function::JobStatus => functions.job_status.handle(request).await,
    };
    response.map(http_body).into_response()
}

fn http_body(body: LambdaBody) -> Body {
    match body {
        LambdaBody::Text(text) => Body::from(text),
        LambdaBody::Binary(bytes) => Body::from(bytes),
        _ => Body::empty(),
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
