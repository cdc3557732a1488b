//! Everything that runs on one machine, started in order and stopped in reverse.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Error, Result};
use aws_sdk_sqs::Client;
use domain::agents::Roster;
use domain::timestamp::Timestamp;
use dynoxide::Database;
use futures::future::select_all;
use service::clock::Clock;
use service::lambda::queue_settings::{JOBS_QUEUE, PLANS_QUEUE, PRESENCE_QUEUE, QueueSettings};
use service::lambda::stream_settings::AGENTS_STREAM;
use store::connection::Backoff;
use store::{JobQueue, Store, pending_logout_records};
use tokio::net::TcpListener;
use wire::messages::JobMessage;

use crate::args::Args;
use crate::backends::{dynamodb, sqs};
use crate::event_sources::queue_poller::QueuePoller;
use crate::event_sources::stream_poller::StreamPoller;
use crate::event_sources::stream_reader::StreamReader;
use crate::functions::{FunctionSettings, Functions, JobQueues};
use crate::http::http_front;
use crate::initial_agents::InitialAgents;
use crate::initial_database::{self, Loaded};
use crate::server::Server;
use crate::{exposure, well_known_tokens};

/// A running stack. When it is dropped, it stops at once.
pub struct Stack {
    /// Where the HTTP API is; `None` if only the backends run.
    pub address: Option<SocketAddr>,
    /// Where DynamoDB is.
    pub dynamodb_address: SocketAddr,
    /// Where SQS is.
    pub sqs_address: SocketAddr,
    /// A few agents, for the commands of the greeting: of tenants that a well-known token opens.
    pub examples: Roster,
    /// How many agents were loaded.
    pub loaded: Loaded,
    /// What is open to other machines.
    pub warnings: Vec<String>,
    /// The maximum number of agents that are logged out while the caller waits.
    pub sync_limit: usize,
    /// The number of unfinished jobs that go on.
    pub resumed_jobs: usize,
    /// In the order in which they were started; each needs those before it.
    servers: Vec<Server>,
}

impl Stack {
    /// Starts everything. Requests are answered once this returns.
    ///
    /// # Errors
    /// A port is taken, a roster is bad, or the data folder cannot be used. Says which and what to do.
    pub async fn start(args: &Args) -> Result<Self> {
        let clock = Clock::system();
        let statuses = args.statuses()?;
        let agents = InitialAgents::read(args, &statuses, clock.now())?;
        let http = if args.backends_only {
            None
        } else {
            Some(listen(args.listen, "--listen").await?)
        };
        let dynamodb = listen(args.dynamodb_listen, "--dynamodb-listen").await?;
        let sqs = listen(args.sqs_listen, "--sqs-listen").await?;
        let address = http.as_ref().map(TcpListener::local_addr).transpose()?;
        let listened_on = (dynamodb.local_addr()?, sqs.local_addr()?);
        let (dynamodb_address, sqs_address) = (reachable(listened_on.0), reachable(listened_on.1));

        let (database, loaded) =
            initial_database::open(args, &agents, &statuses, clock.now()).await?;
        let served = database.clone();
        let mut servers = vec![
            Server::start(|stopped| dynamodb::serve(dynamodb, served, stopped)),
            Server::start(|stopped| sqs::serve(sqs, stopped)),
        ];

        let store = dynamodb::store(dynamodb_address, statuses);
        let queues = job_queues(sqs_address);
        let sqs = Client::from_conf(sqs::client_config(sqs_address).build());
        create_tables_and_queues(&store, &sqs).await?;
        let open_tenants = well_known_tokens::open_tenants(&store)
            .await
            .context("cannot read the tokens")?;
        let mut examples = agents.examples(clock.now());
        examples.retain(|tenant, _| open_tenants.contains(tenant));
        let warnings = exposure::warnings(address, listened_on, &open_tenants);
        let mut resumed_jobs = 0;
        if let Some(http) = http {
            resumed_jobs = resume_jobs(&store, &queues.plans, clock.now()).await?;
            let functions = functions(&store, &queues, &clock, args.sync_limit);
            let functions = Arc::new(functions);
            let pollers = event_sources(&functions, &clock, &sqs, sqs_address, database);
            servers.extend(pollers?);
            servers.push(Server::start(|stopped| {
                http_front::serve(http, functions, stopped)
            }));
        }
        Ok(Self {
            address,
            dynamodb_address,
            sqs_address,
            examples,
            loaded,
            warnings,
            sync_limit: args.sync_limit,
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

    /// Finishes what is under way, and stops.
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

/// The functions over this DynamoDB and these queues.
#[must_use]
pub fn functions(store: &Store, queues: &JobQueues, clock: &Clock, sync_limit: usize) -> Functions {
    let settings = FunctionSettings {
        sync_limit,
        domain_name: None,
    };
    Functions::new(store, queues, clock, settings)
}

/// The queues of the SQS at an address.
#[must_use]
pub fn job_queues(sqs_address: SocketAddr) -> JobQueues {
    let queue = |settings: &QueueSettings| {
        let url = sqs::queue_url(sqs_address, settings.name);
        JobQueue::new(sqs::client_config(sqs_address), url, Backoff::AWS).in_memory()
    };
    JobQueues {
        plans: queue(&PLANS_QUEUE),
        jobs: queue(&JOBS_QUEUE),
    }
}

/// Starts the pollers of queues and stream.
fn event_sources(
    functions: &Arc<Functions>,
    clock: &Clock,
    sqs: &Client,
    sqs_address: SocketAddr,
    database: Database,
) -> Result<[Server; 4]> {
    let queue = |settings: &QueueSettings| QueuePoller {
        sqs: sqs.clone(),
        queue_url: sqs::queue_url(sqs_address, settings.name),
        function_timeout: Duration::from_secs(settings.function_timeout_seconds.into()),
        batch_size: settings.batch_size,
        clock: clock.clone(),
    };
    let (plans, jobs) = (queue(&PLANS_QUEUE), queue(&JOBS_QUEUE));
    let presence = queue(&PRESENCE_QUEUE);
    let agents = dynamodb::table_names().agents;
    let filter = pending_logout_records(functions.pending_logouts.store.statuses());
    let stream = StreamPoller {
        reader: StreamReader::open(database, &agents, &filter)?,
        settings: AGENTS_STREAM,
        backoff: Backoff::AWS,
        clock: clock.clone(),
        sqs: sqs.clone(),
        dead_letter_queue_url: sqs::queue_url(sqs_address, AGENTS_STREAM.dead_letter_queue),
    };
    let shared = || functions.clone();
    let (for_planner, for_worker) = (shared(), shared());
    let (for_presence, for_pending_logouts) = (shared(), shared());
    let plan = move |event, deadline| {
        let functions = for_planner.clone();
        async move { functions.job_planner.handle(event, deadline).await }
    };
    let work = move |event, deadline| {
        let functions = for_worker.clone();
        async move { functions.logout_worker.handle(event, deadline).await }
    };
    let apply = move |event, deadline| {
        let functions = for_presence.clone();
        async move { functions.presence.handle(event, deadline).await }
    };
    let finish = move |event, deadline| {
        let functions = for_pending_logouts.clone();
        async move { functions.pending_logouts.handle(event, deadline).await }
    };
    Ok([
        Server::start(|stopped| plans.run(plan, stopped)),
        Server::start(|stopped| jobs.run(work, stopped)),
        Server::start(|stopped| presence.run(apply, stopped)),
        Server::start(|stopped| stream.run(finish, stopped)),
    ])
}

/// Sends the plan message of each unfinished job again: the embedded queue loses its messages when it ends, and nothing else
/// is needed to go on.
async fn resume_jobs(store: &Store, plan_queue: &JobQueue, now: Timestamp) -> Result<usize> {
    let unfinished = store.unfinished_jobs(now).await;
    let unfinished = unfinished.context("cannot look for unfinished jobs")?;
    let count = unfinished.len();
    let plans = unfinished.into_iter().map(JobMessage::Plan);
    plan_queue
        .send_all(plans)
        .await
        .context("cannot resume jobs")?;
    Ok(count)
}

async fn create_tables_and_queues(store: &Store, sqs: &Client) -> Result<()> {
    store
        .create_missing_tables()
        .await
        .context("cannot create the tables")?;
    sqs::create_queue(sqs, &PLANS_QUEUE).await?;
    sqs::create_queue(sqs, &JOBS_QUEUE).await?;
    sqs::create_queue(sqs, &PRESENCE_QUEUE).await?;
    sqs::create_dead_letter_queue(sqs, AGENTS_STREAM.dead_letter_queue).await
}

/// Where this machine reaches a port that it listens on. All of its addresses include the loopback ones.
fn reachable(address: SocketAddr) -> SocketAddr {
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, address.port())
}

async fn listen(address: SocketAddr, flag: &str) -> Result<TcpListener> {
    let listener = TcpListener::bind(address).await;
    listener
        .with_context(|| format!("cannot listen on {address}; choose another address with {flag}"))
}
