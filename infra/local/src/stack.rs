//! Everything that runs on one machine, started in order and stopped in reverse.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Error, Result};
use aws_sdk_sqs::Client;
use dynoxide::Database;
use futures::future::select_all;
use logout::app::{App, days};
use logout::auth::Authenticator;
use logout::backoff::Backoff;
use logout::event_sources::{AGENTS_STREAM, JOBS, PRESENCE, QueueSettings};
use logout::message::Message;
use logout::queue::Queue;
use logout::roster::Roster;
use logout::settings::DEFAULT_JOB_RETENTION_DAYS;
use logout::store::Store;
use logout::timestamp::Clock;
use tokio::net::TcpListener;

use crate::agents::{Agents, Loaded};
use crate::args::Args;
use crate::event_source::EventSource;
use crate::server::Server;
use crate::stream::StreamReader;
use crate::stream_source::StreamSource;
use crate::{dynamodb, front, sqs};

/// A running stack. Dropped, it stops at once.
pub struct Stack {
    /// Where the HTTP API is; `None` if only the backends run.
    pub address: Option<SocketAddr>,
    /// Where DynamoDB is.
    pub dynamodb_address: SocketAddr,
    /// Where SQS is.
    pub sqs_address: SocketAddr,
    /// Agents to show something with.
    pub examples: Roster,
    /// How many agents were loaded, and how many were there.
    pub loaded: Loaded,
    /// So many jobs were found unfinished, and go on.
    pub resumed_jobs: usize,
    /// In the order in which they were started; each needs those before it.
    servers: Vec<Server>,
}

impl Stack {
    /// Starts everything; when this returns, requests are answered.
    ///
    /// # Errors
    /// A port is taken, a roster is bad, or the data folder cannot be used. Says which and what to do.
    pub async fn start(args: &Args) -> Result<Self> {
        let clock = Clock::system();
        let agents = Agents::read(args, clock.now())?;
        let http = if args.backends_only {
            None
        } else {
            Some(listen(args.listen, "--listen").await?)
        };
        let dynamodb = listen(args.dynamodb_listen, "--dynamodb-listen").await?;
        let sqs = listen(args.sqs_listen, "--sqs-listen").await?;
        let address = http.as_ref().map(TcpListener::local_addr).transpose()?;
        let (dynamodb_address, sqs_address) = (dynamodb.local_addr()?, sqs.local_addr()?);

        let database = dynamodb::open(args.data.as_deref())?;
        let served = database.clone();
        let mut servers = vec![
            Server::start(|stopped| dynamodb::serve(dynamodb, served, stopped)),
            Server::start(|stopped| sqs::serve(sqs, stopped)),
        ];

        let app = Arc::new(app(dynamodb_address, sqs_address, clock, args.sync_limit));
        let sqs = Client::from_conf(sqs::client_config(sqs_address).build());
        app.store
            .create_missing_tables()
            .await
            .context("cannot create the tables")?;
        sqs::create_queue(&sqs, &JOBS).await?;
        sqs::create_queue(&sqs, &PRESENCE).await?;
        sqs::create_dead_letter_queue(&sqs, AGENTS_STREAM.given_up).await?;
        let loaded = agents
            .load(&app.store, app.clock.now())
            .await
            .context("cannot load the agents")?;
        let examples = agents.examples(app.clock.now());
        let mut resumed_jobs = 0;
        if let Some(http) = http {
            resumed_jobs = resume_jobs(&app).await?;
            servers.extend(event_sources(&app, &sqs, sqs_address, database)?);
            servers.push(Server::start(|stopped| front::serve(http, app, stopped)));
        }
        Ok(Self {
            address,
            dynamodb_address,
            sqs_address,
            examples,
            loaded,
            resumed_jobs,
            servers,
        })
    }

    /// Waits for a server to fail.
    pub async fn failed(&mut self) -> Error {
        let servers = self.servers.iter_mut();
        select_all(servers.map(|server| Box::pin(server.failed())))
            .await
            .0
    }

    /// Lets what is under way finish, and stops.
    ///
    /// # Errors
    /// A server failed.
    pub async fn stop(self) -> Result<()> {
        for server in self.servers.into_iter().rev() {
            server.stop().await?;
        }
        Ok(())
    }
}

/// What the functions are given, over the DynamoDB and the SQS at these addresses.
#[must_use]
pub fn app(
    dynamodb_address: SocketAddr,
    sqs_address: SocketAddr,
    clock: Clock,
    sync_limit: usize,
) -> App {
    let dynamodb = dynamodb::client_config(dynamodb_address);
    let sqs = sqs::client_config(sqs_address);
    let jobs_url = sqs::queue_url(sqs_address, JOBS.name);
    App {
        store: Store::new(dynamodb, dynamodb::table_names(), Backoff::AWS),
        queue: Queue::new(sqs, jobs_url, Backoff::AWS),
        authenticator: Authenticator::default(),
        clock,
        domain: None,
        sync_limit,
        job_retention: days(DEFAULT_JOB_RETENTION_DAYS),
    }
}

/// Starts what feeds the functions that nobody calls.
fn event_sources(
    app: &Arc<App>,
    sqs: &Client,
    sqs_address: SocketAddr,
    database: Database,
) -> Result<[Server; 3]> {
    let queue = |settings: &QueueSettings| EventSource {
        sqs: sqs.clone(),
        queue_url: sqs::queue_url(sqs_address, settings.name),
        function_timeout: Duration::from_secs(settings.function_timeout_seconds.into()),
        clock: app.clock.clone(),
    };
    let (jobs, presence) = (queue(&JOBS), queue(&PRESENCE));
    let agents = dynamodb::table_names().agents;
    let stream = StreamSource {
        reader: StreamReader::open(database, &agents, AGENTS_STREAM.filter)?,
        settings: AGENTS_STREAM,
        backoff: Backoff::AWS,
        clock: app.clock.clone(),
        sqs: sqs.clone(),
        given_up_url: sqs::queue_url(sqs_address, AGENTS_STREAM.given_up),
    };
    let shared = || app.clone();
    let (for_worker, for_presence, for_deferred) = (shared(), shared(), shared());
    let work = move |event, deadline| {
        let app = for_worker.clone();
        async move { logout_worker::handle(&app, event, deadline).await }
    };
    let apply = move |event, deadline| {
        let app = for_presence.clone();
        async move { presence::handle(&app, event, deadline).await }
    };
    let finish = move |event, deadline| {
        let app = for_deferred.clone();
        async move { deferred_logout::handle(&app, event, deadline).await }
    };
    Ok([
        Server::start(|stopped| jobs.feed(work, stopped)),
        Server::start(|stopped| presence.feed(apply, stopped)),
        Server::start(|stopped| stream.feed(finish, stopped)),
    ])
}

/// The embedded queue forgets its messages when it ends. A plan message again is all that an unfinished job needs.
async fn resume_jobs(app: &App) -> Result<usize> {
    let unfinished = app.store.unfinished_jobs(app.clock.now()).await;
    let unfinished = unfinished.context("cannot look for unfinished jobs")?;
    let count = unfinished.len();
    let plans = unfinished.into_iter().map(Message::Plan);
    app.queue
        .send_all(plans)
        .await
        .context("cannot resume jobs")?;
    Ok(count)
}

async fn listen(address: SocketAddr, flag: &str) -> Result<TcpListener> {
    let listener = TcpListener::bind(address).await;
    listener
        .with_context(|| format!("cannot listen on {address}; choose another address with {flag}"))
}
