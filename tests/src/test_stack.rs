//! The service under test, and the verbs of its callers and of the contact centre.

use std::fmt::Display;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use domain::agents::RosterAgent;
use dynoxide::Database;
use local::event_sources::stream_reader::StreamReader;

use domain::callers::secret_digest;
use domain::tenant::Tenant;
use domain::timestamp::Timestamp;
use local::functions::{FunctionSettings, Functions};
use reqwest::{Method, RequestBuilder};
use serde_json::Value;
use service::clock::Clock;
use service::lambda::queue_settings::{JOBS_QUEUE, PRESENCE_QUEUE};
use service::lambda::stream_settings::AGENTS_STREAM;
use store::connection::Backoff;
use store::{JobQueue, Store};
use tokio::net::TcpListener;
use wire::http::paths::{FORCE_LOGOUT_PATH, JOBS_PATH};

use crate::answer::{Answer, send};
use crate::aws_calls::AwsCalls;
use crate::bulk_insert;
use crate::captured_log;
use crate::invoke::Invoke;
use crate::test_queue::TestQueue;

/// When every test begins.
pub const START: &str = "2026-11-22T08:00:00Z";

/// The service over a fresh DynamoDB in memory, with the tenants `acme` and `globex` and a token for each.
pub struct TestStack {
    /// On every AWS call of the service.
    pub aws_calls: AwsCalls,
    /// The functions.
    pub functions: Arc<Functions>,
    /// DynamoDB, as the functions use it.
    pub store: Store,
    /// Invokes the functions that no caller invokes.
    pub invoke: Invoke,
    /// SQS, as the functions use it.
    pub job_queue: JobQueue,
    /// The time of the test.
    pub clock: Clock,
    /// DynamoDB without interception.
    pub dynamodb: aws_sdk_dynamodb::Client,
    /// The queue of jobs, without interception.
    pub jobs: TestQueue,
    /// The queue of presence events, without interception.
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
        captured_log::capture();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let dynamodb_address = listener.local_addr().unwrap();
        let database = local::backends::dynamodb::open(None).unwrap();
        tokio::spawn(dynoxide::server::serve_on(listener, database.clone()));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let sqs_address = listener.local_addr().unwrap();
        tokio::spawn(local::backends::sqs::serve(
            listener,
            std::future::pending(),
        ));
        let dynamodb = || local::backends::dynamodb::client_config(dynamodb_address);
        let sqs = || local::backends::sqs::client_config(sqs_address);

        let aws_calls = AwsCalls::default();
        let backoff = Backoff::from_base(Duration::from_millis(1));
        let tapped = dynamodb().http_client(aws_calls.clone());
        let store = Store::new(tapped, local::backends::dynamodb::table_names(), backoff);
        store.create_missing_tables().await.unwrap();
        let jobs_url = local::backends::sqs::queue_url(sqs_address, JOBS_QUEUE.name);
        let job_queue = JobQueue::new(sqs().http_client(aws_calls.clone()), jobs_url, backoff);

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
        let settings = FunctionSettings {
            sync_limit,
            domain_name: domain.map(str::to_owned),
        };
        let functions = Arc::new(Functions::new(&store, &job_queue, &clock, settings));

        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(local::http::http_front::serve(
            listener,
            functions.clone(),
            std::future::pending(),
        ));
        let _ = aws_calls.take_meter();
        Self {
            invoke: Invoke::new(functions.clone(), aws_calls.clone(), clock.clone()),
            aws_calls,
            functions,
            store,
            job_queue,
            clock,
            dynamodb: aws_sdk_dynamodb::Client::from_conf(dynamodb().build()),
            jobs: TestQueue::create(sqs_address, &JOBS_QUEUE).await,
            presence: TestQueue::create(sqs_address, &PRESENCE_QUEUE).await,
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
        self.store
            .overwrite_agents(&name(tenant), agents)
            .await
            .unwrap();
        let _ = self.aws_calls.take_meter();
    }

    /// Adds many agents to a tenant.
    pub fn bulk_insert(&self, tenant: &str, agents: impl Iterator<Item = RosterAgent>) {
        bulk_insert::add(&self.database, &name(tenant), agents);
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
        let deliver = async |message| self.invoke.logout_worker(vec![message]).await.is_empty();
        self.jobs.drain(deliver).await;
    }

    /// Works off the queue of presence events.
    pub async fn drain_presence(&self) {
        let deliver = async |message| self.invoke.presence(vec![message]).await.is_empty();
        self.presence.drain(deliver).await;
    }

    /// The stream of the agents, before its first record, as `pending-logouts` sees it.
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
        let agents = local::backends::dynamodb::table_names().agents;
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
