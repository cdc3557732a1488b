//! The service under test, and the verbs of its callers and of the contact centre.

use std::fmt::Display;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use dynoxide::Database;
use local::stream::StreamReader;
use logout::agent::RosterAgent;
use logout::app::{App, days};
use logout::auth::{Authenticator, secret_digest};
use logout::backoff::Backoff;
use logout::event_sources::{AGENTS_STREAM, JOBS, PRESENCE};
use logout::http::{FORCE_LOGOUT_PATH, JOBS_PATH};
use logout::queue::Queue;
use logout::settings::DEFAULT_JOB_RETENTION_DAYS;
use logout::store::Store;
use logout::tenant::Tenant;
use logout::timestamp::{Clock, Timestamp};
use reqwest::{Method, RequestBuilder};
use serde_json::Value;
use tokio::net::TcpListener;

use crate::answer::{Answer, send};
use crate::crowd;
use crate::deliver::{to_presence, to_worker};
use crate::log;
use crate::queue::TestQueue;
use crate::tap::Tap;

/// When every test begins.
pub const START: &str = "2026-11-22T08:00:00Z";

/// The service over a fresh DynamoDB in memory, with the tenants `acme` and `globex` and a token for each.
pub struct TestStack {
    /// On every AWS call of the service.
    pub tap: Tap,
    /// What the functions are given.
    pub app: Arc<App>,
    /// DynamoDB past the tap.
    pub dynamodb: aws_sdk_dynamodb::Client,
    /// The queue of jobs, past the tap.
    pub jobs: TestQueue,
    /// The queue of presence events, past the tap.
    pub presence: TestQueue,
    /// Where DynamoDB is.
    pub dynamodb_address: SocketAddr,
    /// Where SQS is.
    pub sqs_address: SocketAddr,
    database: Database,
    caller: reqwest::Client,
    address: SocketAddr,
    now_ms: Arc<AtomicI64>,
}

impl TestStack {
    /// Starts the service, with nobody in it.
    pub async fn start() -> Self {
        Self::start_with(100, None).await
    }

    /// Starts the service with a synchronous limit and a domain.
    pub async fn start_with(sync_limit: usize, domain: Option<&str>) -> Self {
        log::capture();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let dynamodb_address = listener.local_addr().unwrap();
        let database = local::dynamodb::open(None).unwrap();
        tokio::spawn(dynoxide::server::serve_on(listener, database.clone()));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let sqs_address = listener.local_addr().unwrap();
        tokio::spawn(local::sqs::serve(listener, std::future::pending()));
        let dynamodb = || local::dynamodb::client_config(dynamodb_address);
        let sqs = || local::sqs::client_config(sqs_address);

        let tap = Tap::default();
        let backoff = Backoff::from_base(Duration::from_millis(1));
        let tapped = dynamodb().http_client(tap.clone());
        let store = Store::new(tapped, local::dynamodb::table_names(), backoff);
        store.create_missing_tables().await.unwrap();
        let jobs_url = local::sqs::queue_url(sqs_address, JOBS.name);
        let queue = Queue::new(sqs().http_client(tap.clone()), jobs_url, backoff);

        let now_ms = Arc::new(AtomicI64::new(
            Timestamp::parse_rfc3339(START).unwrap().epoch_ms(),
        ));
        let clock_ms = now_ms.clone();
        let clock =
            Clock::from_fn(move || Timestamp::from_epoch_ms(clock_ms.load(Ordering::SeqCst)));
        for tenant in ["acme", "globex"] {
            store
                .put_token(tenant, &name(tenant), secret_digest("secret"), clock.now())
                .await
                .unwrap();
        }
        let domain = domain.map(str::to_owned);
        let app = Arc::new(App {
            store,
            queue,
            authenticator: Authenticator::default(),
            clock,
            domain,
            sync_limit,
            job_retention: days(DEFAULT_JOB_RETENTION_DAYS),
        });

        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(local::front::serve(
            listener,
            app.clone(),
            std::future::pending(),
        ));
        let _ = tap.take_meter();
        Self {
            tap,
            app,
            dynamodb: aws_sdk_dynamodb::Client::from_conf(dynamodb().build()),
            jobs: TestQueue::create(sqs_address, &JOBS).await,
            presence: TestQueue::create(sqs_address, &PRESENCE).await,
            dynamodb_address,
            sqs_address,
            database,
            caller: reqwest::Client::builder().no_proxy().build().unwrap(),
            address,
            now_ms,
        }
    }

    /// Adds agents to a tenant.
    pub async fn add(&self, tenant: &str, agents: &[RosterAgent]) {
        self.app
            .store
            .load_agents(&name(tenant), agents)
            .await
            .unwrap();
        let _ = self.tap.take_meter();
    }

    /// Adds many agents to a tenant.
    pub fn add_crowd(&self, tenant: &str, agents: impl Iterator<Item = RosterAgent>) {
        crowd::add(&self.database, &name(tenant), agents);
    }

    /// Posts a request to log agents out, with the tenant's good token.
    pub async fn post_force_logout(&self, tenant: &str, body: &Value) -> Answer {
        let request = self
            .request(Method::POST, FORCE_LOGOUT_PATH)
            .basic_auth(tenant, Some(token(tenant)));
        send(request.json(body)).await
    }

    /// Looks a job up, with the tenant's good token.
    pub async fn get_job(&self, tenant: &str, job_id: impl Display) -> Answer {
        let request = self.request(Method::GET, &format!("{JOBS_PATH}{job_id}"));
        send(request.basic_auth(tenant, Some(token(tenant)))).await
    }

    /// A request to build on.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.caller
            .request(method, format!("http://{}{path}", self.address))
    }

    /// Works off the queue of jobs.
    pub async fn drain_jobs(&self) {
        let deliver = async |message| {
            to_worker(&self.app, &self.tap, vec![message])
                .await
                .is_empty()
        };
        self.jobs.drain(deliver).await;
    }

    /// Works off the queue of presence events.
    pub async fn drain_presence(&self) {
        let deliver = async |message| {
            to_presence(&self.app, &self.tap, vec![message])
                .await
                .is_empty()
        };
        self.presence.drain(deliver).await;
    }

    /// The stream of the agents, before its first record, as `deferred-logout` sees it.
    #[must_use]
    pub fn stream(&self) -> StreamReader {
        self.filtered_stream(AGENTS_STREAM.filter)
    }

    /// The stream of the agents, before its first record, without a filter.
    #[must_use]
    pub fn stream_of_everything(&self) -> StreamReader {
        self.filtered_stream("{}")
    }

    fn filtered_stream(&self, filter: &str) -> StreamReader {
        let agents = local::dynamodb::table_names().agents;
        StreamReader::open(self.database.clone(), &agents, filter).unwrap()
    }

    /// Lets time pass.
    pub fn pass(&self, duration: Duration) {
        self.now_ms.fetch_add(
            i64::try_from(duration.as_millis()).unwrap(),
            Ordering::SeqCst,
        );
    }
}

/// The tenant of that name.
#[must_use]
pub fn name(tenant: &str) -> Tenant {
    Tenant::parse(tenant).unwrap()
}

/// The good token of a tenant.
#[must_use]
pub fn token(tenant: &str) -> String {
    format!("{tenant}.secret")
}
