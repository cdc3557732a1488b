//! A contestant's process: it is fed from the queues of plans and jobs as on Lambda, until no message is left.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use anyhow::{Result, bail, ensure};
use aws_lambda_events::apigw::ApiGatewayV2httpResponse;
use aws_lambda_events::encodings::Body;
use aws_lambda_events::sqs::SqsEvent;
use aws_sdk_sqs::Client;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use clap::{Args, ValueEnum};
use domain::agents::Statuses;
use domain::limits::{CHUNK_AGENTS, DEFAULT_SYNC_LIMIT};
use domain::timestamp::Timestamp;
use local::backends::{dynamodb, sqs};
use local::event_sources::queue_poller::QueuePoller;
use local::functions::Functions;
use local::stack::{functions, job_queues};
use serde_json::value::{RawValue, to_raw_value};
use serde_json::{Value, json};
use service::clock::Clock;
use service::lambda::queue_settings::{JOBS_QUEUE, PLANS_QUEUE, QueueSettings};
use tokio::sync::Notify;
use wire::http::paths::{FORCE_LOGOUT_PATH, JOBS_PATH};

use super::bare_calls::{BareCalls, send_chunks};
use crate::backends::Addresses;
use crate::roster::{TENANT, TOKEN};
use crate::usage::Stopwatch;

/// What works a job off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Contestant {
    Service,
    BareCalls,
}

/// The arguments of the process.
#[derive(Args, Clone, Copy, Debug)]
pub struct ContestantArgs {
    contestant: Contestant,
    /// How many agents there are, at the addresses of 10.0.0.0/8.
    agents: u32,
    #[command(flatten)]
    addresses: Addresses,
}

/// What is left of a job: its end is seen without asking DynamoDB for it.
struct RemainingMessages {
    count: AtomicUsize,
    none: Notify,
}

impl RemainingMessages {
    fn subtract(&self, done: usize) {
        if self.count.fetch_sub(done, Ordering::SeqCst) == done {
            self.none.notify_one();
        }
    }
}

/// Is the process: logs everybody out and prints what that took.
pub async fn work(args: ContestantArgs) -> Result<()> {
    let (clock, addresses) = (Clock::system(), args.addresses);
    let functions = functions(
        &dynamodb::store(addresses.dynamodb, Statuses::default()),
        &job_queues(addresses.sqs),
        &clock,
        DEFAULT_SYNC_LIMIT,
    );
    let client = dynamodb::client_config(addresses.dynamodb).build();
    let bare_calls = BareCalls {
        dynamodb: aws_sdk_dynamodb::Client::from_conf(client),
    };
    let chunks = (args.agents as usize).div_ceil(CHUNK_AGENTS);
    // A job of the service has a plan message, too.
    let plans = usize::from(args.contestant == Contestant::Service);
    let remaining = RemainingMessages {
        count: AtomicUsize::new(chunks + plans),
        none: Notify::new(),
    };
    let shared = Arc::new((functions, bare_calls, remaining));
    let for_worker = shared.clone();
    let work = move |event: SqsEvent, deadline: Timestamp| {
        let shared = for_worker.clone();
        async move {
            let (functions, bare_calls, remaining) = &*shared;
            let messages = event.records.len();
            let answer = match args.contestant {
                Contestant::Service => functions.logout_worker.handle(event, deadline).await,
                Contestant::BareCalls => bare_calls.handle(event).await,
            };
            remaining.subtract(messages - answer.batch_item_failures.len());
            answer
        }
    };
    let for_planner = shared.clone();
    let plan = move |event: SqsEvent, deadline: Timestamp| {
        let shared = for_planner.clone();
        async move {
            let (functions, _, remaining) = &*shared;
            let messages = event.records.len();
            let answer = functions.job_planner.handle(event, deadline).await;
            remaining.subtract(messages - answer.batch_item_failures.len());
            answer
        }
    };
    let stopwatch = Stopwatch::start()?;
    tokio::spawn(poller(addresses, &JOBS_QUEUE).run(work, std::future::pending()));
    if args.contestant == Contestant::Service {
        tokio::spawn(poller(addresses, &PLANS_QUEUE).run(plan, std::future::pending()));
    }
    let (functions, _, remaining) = &*shared;
    match args.contestant {
        Contestant::Service => log_out_all(functions, remaining, args.agents).await?,
        Contestant::BareCalls => {
            send_chunks(&functions.job_planner.chunks, args.agents).await?;
            remaining.none.notified().await;
        }
    }
    println!("{}", serde_json::to_string(&stopwatch.usage()?)?);
    Ok(())
}

fn poller(Addresses { sqs, .. }: Addresses, queue: &QueueSettings) -> QueuePoller {
    QueuePoller {
        sqs: Client::from_conf(sqs::client_config(sqs).build()),
        queue_url: sqs::queue_url(sqs, queue.name),
        function_timeout: Duration::from_secs(queue.function_timeout_seconds.into()),
        batch_size: queue.batch_size,
        clock: Clock::system(),
    }
}

/// Makes the request, and waits for its job if it became one.
async fn log_out_all(
    functions: &Functions,
    remaining: &RemainingMessages,
    agents: u32,
) -> Result<()> {
    let body = json!({ "ip_addrs": ["10.0.0.0/8"] }).to_string();
    let post = event("POST", FORCE_LOGOUT_PATH, &body)?;
    let mut answer = json(functions.force_logout.handle(&post).await)?;
    let mut done = answer.as_array().map(Vec::len).unwrap_or_default() as u64;
    if let Some(job_id) = answer["id"].as_u64() {
        remaining.none.notified().await;
        let look_up = event("GET", &format!("{JOBS_PATH}{job_id}"), "")?;
        answer = json(functions.job_status.handle(&look_up).await)?;
        let counts = [&answer["logged_out"], &answer["deferred"]];
        done = counts.iter().filter_map(|count| count.as_u64()).sum();
    }
    ensure!(done == u64::from(agents), "{done} of {agents}: {answer}");
    Ok(())
}

/// An event of API Gateway, with what the functions read of it.
fn event(method: &str, path: &str, body: &str) -> Result<Box<RawValue>> {
    let credentials = BASE64_STANDARD.encode(format!("{TENANT}:{TOKEN}"));
    Ok(to_raw_value(&json!({
        "rawPath": path,
        "headers": {
            "authorization": format!("Basic {credentials}"),
            "content-type": "application/json",
            "host": "localhost",
        },
        "requestContext": { "http": { "method": method } },
        "body": body,
    }))?)
}

fn json(answer: ApiGatewayV2httpResponse) -> Result<Value> {
    let Some(Body::Text(text)) = answer.body else {
        bail!("an answer without a text");
    };
    Ok(serde_json::from_str(&text)?)
}
