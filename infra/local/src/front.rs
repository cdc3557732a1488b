//! The HTTP front: routes requests to the functions as an API Gateway HTTP API does.

use std::sync::Arc;

use anyhow::{Context, Result};
use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::header::CONTENT_TYPE;
use axum::http::request::Parts;
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Response};
use lambda_http::Body as LambdaBody;
use logout::app::App;
use logout::http::FORCE_LOGOUT_PATH;
use tokio::net::TcpListener;

use crate::gateway_event;

/// API Gateway takes no larger payload (quotas of HTTP APIs).
const MAX_PAYLOAD_BYTES: usize = 10 * 1024 * 1024;

/// A function behind the gateway.
#[derive(Clone, Copy, Debug)]
enum Function {
    ForceLogout,
}

/// Serves the API on `listener` until `shutdown` resolves, then finishes what is under way.
///
/// # Errors
/// The server failed.
pub async fn serve(
    listener: TcpListener,
    app: Arc<App>,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> Result<()> {
    let router = Router::new().fallback(respond).with_state(app);
    let served = axum::serve(listener, router)
        .with_graceful_shutdown(shutdown)
        .await;
    served.context("the HTTP front failed")
}

async fn respond(State(app): State<Arc<App>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let Some((function, route_key)) = route(&parts) else {
        return message(StatusCode::NOT_FOUND, "Not Found");
    };
    let Ok(body) = to_bytes(body, MAX_PAYLOAD_BYTES).await else {
        return message(StatusCode::PAYLOAD_TOO_LARGE, "Request Entity Too Large");
    };
    // A panic ends the invocation and not the gateway.
    let invocation =
        tokio::spawn(async move { invoke(function, route_key, &app, &parts, &body).await });
    match invocation.await {
        Ok(response) => response,
        Err(_panic) => message(StatusCode::INTERNAL_SERVER_ERROR, "Internal Server Error"),
    }
}

fn route(parts: &Parts) -> Option<(Function, &'static str)> {
    match (&parts.method, parts.uri.path()) {
        (&Method::POST, FORCE_LOGOUT_PATH) => Some((
            Function::ForceLogout,
            "POST /apps/api/v1/agent_statuses/force_logout",
        )),
        _ => None,
    }
}

async fn invoke(
    function: Function,
    route_key: &str,
    app: &App,
    parts: &Parts,
    body: &Bytes,
) -> Response {
    let event = gateway_event::of_request(parts, body, route_key).to_string();
    let Ok(request) = lambda_http::request::from_str(&event) else {
        return message(StatusCode::BAD_REQUEST, "Bad Request");
    };
    let response = match function {
        Function::ForceLogout => force_logout::handle(app, request).await,
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
    let body = serde_json::json!({ "message": text }).to_string();
    (status, [(CONTENT_TYPE, "application/json")], body).into_response()
}
