//! One start of a program, over backends of its own.

use std::net::SocketAddr;
use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use serde_json::Value;
use tokio::io::AsyncReadExt;
use tokio::net::TcpListener;
use tokio::process::{Child, Command};
use tokio::time::timeout;

use super::programs::Program;
use super::runtime_api::RuntimeApi;
use crate::backends::Backends;
use crate::roster::RosterFile;

/// A start with its requests takes a fraction of a second; half a minute under valgrind.
const TIMEOUT: Duration = Duration::from_mins(2);

/// What one start took.
pub struct Start {
    /// From the start of the process to its first poll.
    pub poll: Duration,
    /// From the start of the process to its first answer, without what the runtime API took to hand the event over.
    pub answer: Duration,
    /// From the second event to its answer.
    pub second: Duration,
}

/// Starts `program`, and takes the time until it polls and until it has answered two events.
pub async fn measure(program: &Program, events: &[Value; 2], file: &RosterFile) -> Result<Start> {
    let backends = Backends::start(&file.path()).await?;
    let mut api = RuntimeApi::start().await?;
    let dynamodb = format!("http://{}", backends.addresses.dynamodb);
    let command = Command::new(&program.binary);
    let started = Instant::now();
    let _process = spawn(command, program, &api, &dynamodb, backends.addresses.sqs)?;
    let poll = within(api.polled()).await? - started;
    let mut requests = [Duration::ZERO; 2];
    for (event, request) in events.iter().zip(&mut requests) {
        let sent = api.send(event);
        let (answered, answer) = within(api.answered()).await?;
        let failed = answer["statusCode"].as_u64() >= Some(500)
            || answer["batchItemFailures"][0].is_object();
        ensure!(!failed, "it answered {answer}");
        *request = answered - sent;
        within(api.polled()).await?;
    }
    let [first, second] = requests;
    Ok(Start {
        poll,
        answer: poll + first,
        second,
    })
}

/// Starts `program` with DynamoDB behind TLS, and takes the time until the first byte of its greeting, which is the client's
/// first message, be that before or after its first event.
pub async fn measure_greeting(program: &Program, event: &Value) -> Result<Duration> {
    let api = RuntimeApi::start().await?;
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let command = Command::new(&program.binary);
    let _ = api.send(event);
    let started = Instant::now();
    let dynamodb = format!("https://{address}");
    let _process = spawn(command, program, &api, &dynamodb, address)?;
    let greeted = async {
        let (mut caller, _) = listener.accept().await?;
        caller.read_u8().await?;
        Ok(Instant::now())
    };
    Ok(within(greeted).await? - started)
}

/// Starts a process with what Lambda and the template set for it ("Defined runtime environment variables", AWS Lambda
/// Developer Guide), and nothing else. Dropped, it is killed.
pub fn spawn(
    mut command: Command,
    program: &Program,
    api: &RuntimeApi,
    dynamodb_url: &str,
    sqs: SocketAddr,
) -> Result<Child> {
    command.env_clear().envs([
        ("AWS_LAMBDA_FUNCTION_NAME", program.name),
        ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"),
        ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256"),
        ("AWS_LAMBDA_LOG_GROUP_NAME", "bench"),
        ("AWS_LAMBDA_LOG_STREAM_NAME", "bench"),
        ("AWS_EXECUTION_ENV", "AWS_Lambda_provided.al2023"),
        ("AWS_REGION", "us-east-1"),
        ("AWS_DEFAULT_REGION", "us-east-1"),
        ("AWS_ACCESS_KEY_ID", "bench"),
        ("AWS_SECRET_ACCESS_KEY", "bench"),
        ("AWS_SESSION_TOKEN", "bench"),
        ("AGENTS_TABLE", "agents"),
        ("TEAM_MEMBERS_TABLE", "team-members"),
        ("JOBS_TABLE", "jobs"),
        ("API_TOKENS_TABLE", "api-tokens"),
        ("AWS_LAMBDA_RUNTIME_API", &api.address.to_string()),
        ("AWS_ENDPOINT_URL_DYNAMODB", dynamodb_url),
        ("AWS_ENDPOINT_URL_SQS", &format!("http://{sqs}")),
        (
            "PLANS_QUEUE_URL",
            &local::backends::sqs::queue_url(sqs, "plans"),
        ),
        (
            "JOBS_QUEUE_URL",
            &local::backends::sqs::queue_url(sqs, "jobs"),
        ),
    ]);
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true);
    let child = command.spawn();
    child.with_context(|| format!("{} cannot be started", program.name))
}

/// Waits for something that a process does, but not for ever.
pub async fn within<T>(done: impl Future<Output = Result<T>>) -> Result<T> {
    timeout(TIMEOUT, done).await.context("it hangs")?
}
