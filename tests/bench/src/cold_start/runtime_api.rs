//! A small fake of the Lambda runtime API: hands events to one function process, and notes when it polls and answers.
//! The paths and headers are those of "Using the Lambda runtime API for custom runtimes" (AWS Lambda Developer Guide).

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{Response, StatusCode};
use axum::routing::{get, post};
use serde_json::Value;
use service::clock::Clock;
use tokio::net::TcpListener;
use tokio::sync::{Mutex, mpsc};
use tokio::task::JoinHandle;

/// How long an invocation is said to last; none here takes that long.
const INVOCATION: Duration = Duration::from_mins(1);
/// One invocation at a time, so they need not be distinguished.
const REQUEST_ID: &str = "00000000-0000-4000-8000-000000000001";
const TRACE_ID: &str = "Root=1-00000000-000000000000000000000001;Sampled=0";
const FUNCTION_ARN: &str = "arn:aws:lambda:us-east-1:123456789012:function:bench";

/// The API for one process. Dropped, it is gone.
pub struct RuntimeApi {
    pub address: SocketAddr,
    events: mpsc::UnboundedSender<Bytes>,
    calls: mpsc::UnboundedReceiver<(Instant, Call)>,
    server: JoinHandle<()>,
}

/// What a process calls.
enum Call {
    Next,
    Response(Bytes),
    Error(Bytes),
}

struct Shared {
    /// One call at a time waits for them.
    events: Mutex<mpsc::UnboundedReceiver<Bytes>>,
    calls: mpsc::UnboundedSender<(Instant, Call)>,
}

impl RuntimeApi {
    /// Serves the API on a port of its own.
    pub async fn start() -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let (events, waiting) = mpsc::unbounded_channel();
        let (noted, calls) = mpsc::unbounded_channel();
        let shared = Arc::new(Shared {
            events: Mutex::new(waiting),
            calls: noted,
        });
        let invocation = "/2018-06-01/runtime/invocation";
        let router = Router::new()
            .route(&format!("{invocation}/next"), get(next))
            .route(&format!("{invocation}/{{id}}/response"), post(response))
            .route(&format!("{invocation}/{{id}}/error"), post(error))
            .route("/2018-06-01/runtime/init/error", post(error))
            .with_state(shared);
        let server = tokio::spawn(async move {
            let _ = axum::serve(listener, router).await;
        });
        Ok(Self {
            address,
            events,
            calls,
            server,
        })
    }

    /// Waits until the process asks for its next event; returns when that was.
    pub async fn polled(&mut self) -> Result<Instant> {
        match self.next_call().await? {
            (at, Call::Next) => Ok(at),
            (_, Call::Response(body) | Call::Error(body)) => {
                bail!("unexpected: {}", String::from_utf8_lossy(&body))
            }
        }
    }

    /// Gives the process an event; returns when that was.
    pub fn send(&self, event: &Value) -> Instant {
        let event = Bytes::from(event.to_string());
        let now = Instant::now();
        let _ = self.events.send(event);
        now
    }

    /// Waits for the answer to the event that was sent; returns when it came.
    pub async fn answered(&mut self) -> Result<(Instant, Value)> {
        match self.next_call().await? {
            (at, Call::Response(body)) => Ok((at, serde_json::from_slice(&body)?)),
            (_, Call::Error(body)) => bail!("it failed: {}", String::from_utf8_lossy(&body)),
            (_, Call::Next) => bail!("it polled without an answer"),
        }
    }

    async fn next_call(&mut self) -> Result<(Instant, Call)> {
        self.calls.recv().await.context("the runtime API is gone")
    }
}

impl Drop for RuntimeApi {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl Shared {
    fn note(&self, call: Call) -> StatusCode {
        // Nobody receives it when the process is about to be stopped.
        let _ = self.calls.send((Instant::now(), call));
        StatusCode::ACCEPTED
    }
}

async fn next(State(shared): State<Arc<Shared>>) -> Result<Response<Body>, StatusCode> {
    shared.note(Call::Next);
    let event = shared.events.lock().await.recv().await;
    let event = event.ok_or(StatusCode::GONE)?;
    let deadline = Clock::system().now().plus(INVOCATION);
    Response::builder()
        .header("Content-Type", "application/json")
        .header("Lambda-Runtime-Aws-Request-Id", REQUEST_ID)
        .header("Lambda-Runtime-Deadline-Ms", deadline.epoch_ms())
        .header("Lambda-Runtime-Invoked-Function-Arn", FUNCTION_ARN)
        .header("Lambda-Runtime-Trace-Id", TRACE_ID)
        .body(event.into())
        .map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)
}

async fn response(State(shared): State<Arc<Shared>>, body: Bytes) -> StatusCode {
    shared.note(Call::Response(body))
}

async fn error(State(shared): State<Arc<Shared>>, body: Bytes) -> StatusCode {
    shared.note(Call::Error(body))
}
