//! The embedded SQS, served on a port like the real one.

use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::{Context, Result};
use aws_sdk_sqs::Client;
use aws_sdk_sqs::config::{BehaviorVersion, Builder, Credentials, Region};
use aws_sdk_sqs::types::QueueAttributeName;
use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::from_fn;
use axum::response::{IntoResponse, Response};
use serde_json::json;
use service::lambda::queue_settings::{MAX_RETENTION_SECONDS, QueueSettings};
use tokio::net::TcpListener;
use winterbaume_core::{MockRequest, MockService};
use winterbaume_sqs::SqsService;

use crate::serving::connections::{self, ConnectionLimits};
use crate::serving::{foreign_requests, request_body};

/// The maximum size of a request to SQS: a batch of messages takes 1 MiB (Amazon SQS quotas), more in JSON.
const MAX_REQUEST_BYTES: usize = 4 * 1024 * 1024;

/// Serves a fresh SQS, with no queues in it, until `shutdown` resolves.
///
/// # Errors
/// None.
pub async fn serve(
    listener: TcpListener,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> Result<()> {
    let router = Router::new()
        .fallback(respond)
        .layer(from_fn(foreign_requests::refuse))
        .with_state(Arc::new(SqsService::new()));
    connections::serve(listener, router, ConnectionLimits::DEFAULT, shutdown).await;
    Ok(())
}

async fn respond(State(sqs): State<Arc<SqsService>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = match request_body::read(body, MAX_REQUEST_BYTES).await {
        Ok(body) => body,
        Err(status) => return status.into_response(),
    };
    let request = MockRequest {
        method: parts.method.to_string(),
        uri: parts.uri.to_string(),
        headers: parts.headers,
        body,
    };
    let answer = sqs.handle(request).await;
    let mut response = Response::new(Body::from(answer.body));
    *response.status_mut() =
        StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    *response.headers_mut() = answer.headers;
    response
}

/// How an SDK client reaches the SQS at `address`, which takes any credentials.
#[must_use]
pub fn client_config(address: SocketAddr) -> Builder {
    aws_sdk_sqs::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::from_static("us-east-1"))
        .credentials_provider(Credentials::new("local", "local", None, None, "local"))
        .endpoint_url(format!("http://{address}"))
        // Plain HTTP without any proxy: this is the same machine.
        .http_client(aws_smithy_http_client::Builder::new().build_http())
}

/// The URL of a queue.
#[must_use]
pub fn queue_url(address: SocketAddr, name: &str) -> String {
    format!("http://{address}/{ACCOUNT}/{name}")
}

/// The account of the embedded SQS.
const ACCOUNT: &str = "123456789012";

/// Creates a dead-letter queue.
///
/// # Errors
/// SQS refused.
pub async fn create_dead_letter_queue(sqs: &Client, name: &str) -> Result<()> {
    let retention = MAX_RETENTION_SECONDS.to_string();
    let queue = sqs.create_queue().queue_name(name);
    let queue = queue.attributes(QueueAttributeName::MessageRetentionPeriod, retention);
    let created = queue.send().await;
    created.with_context(|| format!("cannot create the queue {name}"))?;
    Ok(())
}

/// Creates a queue and its dead-letter queue.
///
/// # Errors
/// SQS refused.
pub async fn create_queue(sqs: &Client, settings: &QueueSettings) -> Result<()> {
    create_dead_letter_queue(sqs, settings.dead_letter_queue).await?;
    let retention = MAX_RETENTION_SECONDS.to_string();
    let redrive = json!({
        "deadLetterTargetArn": format!("arn:aws:sqs:us-east-1:{ACCOUNT}:{}", settings.dead_letter_queue),
        "maxReceiveCount": settings.max_receive_count,
    });
    let visibility_timeout = settings.visibility_timeout_seconds.to_string();
    let queue = sqs.create_queue().queue_name(settings.name);
    let queue = queue
        .attributes(QueueAttributeName::MessageRetentionPeriod, retention)
        .attributes(
            QueueAttributeName::MaximumMessageSize,
            settings.max_message_bytes.to_string(),
        )
        .attributes(QueueAttributeName::VisibilityTimeout, visibility_timeout)
        .attributes(QueueAttributeName::RedrivePolicy, redrive.to_string());
    let created = queue.send().await;
    created.with_context(|| format!("cannot create the queue {}", settings.name))?;
    Ok(())
}
