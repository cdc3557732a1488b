//! One request, answered by the service's functions and worked off as Lambda would have them do it, in this process.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Result, ensure};
use aws_lambda_events::sqs::SqsEvent;
use aws_sdk_sqs::Client;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use lambda_http::{Body, Request, RequestExt};
use local::event_source::EventSource;
use local::stack::app;
use logout::app::App;
use logout::event_sources::JOBS;
use logout::http::{FORCE_LOGOUT_PATH, JOBS_PATH};
use logout::settings::DEFAULT_SYNC_LIMIT;
use logout::timestamp::Clock;
use serde_json::{Value, json};
use tokio::sync::oneshot;

use super::open_messages::OpenMessages;
use crate::backends::Addresses;
use crate::roster::{TENANT, TOKEN};
use crate::usage::{Begun, Usage};

/// Logs out everybody in 10.0.0.0/8, of whom there are `agents`; answers what that took.
///
/// # Errors
/// A request failed, or somebody is missing.
pub async fn run(addresses: Addresses, agents: u32) -> Result<Usage> {
    let Addresses { dynamodb, sqs } = addresses;
    let app = Arc::new(app(dynamodb, sqs, Clock::system(), DEFAULT_SYNC_LIMIT));
    let (stop, stopped) = oneshot::channel::<()>();
    let source = EventSource {
        sqs: Client::from_conf(local::sqs::client_config(sqs).build()),
        queue_url: local::sqs::queue_url(sqs, JOBS.name),
        function_timeout: Duration::from_secs(JOBS.function_timeout_seconds.into()),
        clock: app.clock.clone(),
    };
    let (for_worker, open) = (app.clone(), Arc::new(OpenMessages::of(agents)));
    let counted = open.clone();
    let work = move |event: SqsEvent, deadline| {
        let (app, open, messages) = (for_worker.clone(), counted.clone(), event.records.len());
        async move {
            let answer = logout_worker::handle(&app, event, deadline).await;
            open.count(messages - answer.batch_item_failures.len());
            answer
        }
    };
    let feeding = tokio::spawn(source.feed(work, async { stopped.await.unwrap_or_default() }));
    let begun = Begun::now()?;
    let settled = request_all(&app, &open).await?;
    let usage = begun.usage()?;
    ensure!(
        settled == u64::from(agents),
        "{settled} of {agents} are settled"
    );
    let _ = stop.send(());
    feeding.await??;
    Ok(usage)
}

/// How many were settled.
async fn request_all(app: &App, open: &OpenMessages) -> Result<u64> {
    let body = json!({ "ip_addrs": ["10.0.0.0/8"] }).to_string();
    let post = request("POST", FORCE_LOGOUT_PATH, Body::from(body))?;
    let answer = json(force_logout::handle(app, post).await)?;
    if let Some(rows) = answer.as_array() {
        return Ok(rows.len() as u64);
    }
    open.none_left().await;
    let path = format!("{JOBS_PATH}{}", answer["id"]);
    let look = request("GET", &path, Body::Empty)?;
    let job = json(job_status::handle(app, look).await)?;
    ensure!(job["status"] == "completed", "{job}");
    let count = |name: &str| job[name].as_u64().unwrap_or(0);
    Ok(count("logged_out") + count("deferred"))
}

fn request(method: &str, path: &str, body: Body) -> Result<Request> {
    let (token_id, secret) = TOKEN;
    let credentials = BASE64_STANDARD.encode(format!("{TENANT}:{token_id}.{secret}"));
    let request = lambda_http::http::Request::builder()
        .method(method)
        .uri(format!("http://localhost{path}"))
        .header("authorization", format!("Basic {credentials}"))
        .header("content-type", "application/json")
        .body(body)?;
    Ok(request.with_raw_http_path(path))
}

fn json(response: lambda_http::Response<Body>) -> Result<Value> {
    let Body::Text(text) = response.into_body() else {
        anyhow::bail!("an answer without a text");
    };
    Ok(serde_json::from_str(&text)?)
}
