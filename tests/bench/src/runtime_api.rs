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
use logout::timestamp::Clock;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::{Mutex, mpsc};
use tokio::task::JoinHandle;

/// An invocation is said to end so long after it began; none here takes that long.
const INVOCATION: Duration = Duration::from_mins(1);
/// One invocation at a time, so they need not be told apart.
const REQUEST_ID: &str = "00000000-0000-4000-8000-000000000001";
const TRACE_ID: &str = "Root=1-00000000-000000000000000000000001;Sampled=0";
const FUNCTION_ARN: &str = "arn:aws:lambda:us-east-1:123456789012:function:bench";

/// The API for one process. Dropped, it is gone.
pub struct RuntimeApi {
    /// Where it is.
    pub address: SocketAddr,
    events: mpsc::UnboundedSender<Bytes>,
    heard: mpsc::UnboundedReceiver<(Instant, Heard)>,
    server: JoinHandle<()>,
}

/// What a process said.
enum Heard {
    Poll,
    Answer(Bytes),
    Failure(Bytes),
}

struct Shared {
    /// Those that no poll has taken yet; one poll at a time waits for them.
    events: Mutex<mpsc::UnboundedReceiver<Bytes>>,
    heard: mpsc::UnboundedSender<(Instant, Heard)>,
}

impl Shared {
    fn note(&self, heard: Heard) {
        // Nobody listens any more when the process is about to be stopped.
        let _ = self.heard.send((Instant::now(), heard));
    }
}

impl RuntimeApi {
    /// Serves the API on a port of its own.
    ///
    /// # Errors
    /// There is no port.
    pub async fn start() -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let (events, waiting) = mpsc::unbounded_channel();
        let (noted, heard) = mpsc::unbounded_channel();
        let shared = Arc::new(Shared {
            events: Mutex::new(waiting),
            heard: noted,
        });
        let invocation = "/2018-06-01/runtime/invocation";
        let router = Router::new()
            .route(&format!("{invocation}/next"), get(next))
            .route(&format!("{invocation}/{{id}}/response"), post(answer))
            .route(&format!("{invocation}/{{id}}/error"), post(failure))
            .route("/2018-06-01/runtime/init/error", post(failure))
            .with_state(shared);
        let server = tokio::spawn(async move {
            let _ = axum::serve(listener, router).await;
        });
        Ok(Self {
            address,
            events,
            heard,
            server,
        })
    }

    /// Waits until the process asks for its next event; when that was.
    ///
    /// # Errors
    /// It said something else.
    pub async fn polled(&mut self) -> Result<Instant> {
        match self.next().await? {
            (at, Heard::Poll) => Ok(at),
            (_, Heard::Answer(body) | Heard::Failure(body)) => {
                bail!("unasked: {}", String::from_utf8_lossy(&body))
            }
        }
    }

    /// Gives the process an event; when that was.
    #[must_use]
    pub fn hand_over(&self, event: &Value) -> Instant {
        let event = Bytes::from(event.to_string());
        let now = Instant::now();
        let _ = self.events.send(event);
        now
    }

    /// Waits for the answer to the event that was handed over, and when it came.
    ///
    /// # Errors
    /// The process failed, and why.
    pub async fn answered(&mut self) -> Result<(Instant, Value)> {
        match self.next().await? {
            (at, Heard::Answer(body)) => Ok((at, serde_json::from_slice(&body)?)),
            (_, Heard::Failure(body)) => bail!("it failed: {}", String::from_utf8_lossy(&body)),
            (_, Heard::Poll) => bail!("it polled without an answer"),
        }
    }

    async fn next(&mut self) -> Result<(Instant, Heard)> {
        self.heard.recv().await.context("the runtime API is gone")
    }
}

impl Drop for RuntimeApi {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn next(State(shared): State<Arc<Shared>>) -> Result<Response<Body>, StatusCode> {
    shared.note(Heard::Poll);
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

async fn answer(State(shared): State<Arc<Shared>>, body: Bytes) -> StatusCode {
    shared.note(Heard::Answer(body));
    StatusCode::ACCEPTED
}

async fn failure(State(shared): State<Arc<Shared>>, body: Bytes) -> StatusCode {
    shared.note(Heard::Failure(body));
    StatusCode::ACCEPTED
}
