//! The service under test: started over backends in memory, and checked for messages that are left when it is dropped.

mod deliveries;
mod requests;

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::time::Duration;

use domain::agents::{RosterAgent, Statuses};
use domain::callers::secret_digest;
use domain::tenant::Tenant;
use domain::timestamp::Timestamp;
use dynoxide::Database;
use local::backends::{dynamodb, sqs};
use local::functions::{FunctionSettings, Functions, JobQueues};
use local::http::http_front;
use service::clock::Clock;
use service::lambda::queue_settings::{JOBS_QUEUE, PLANS_QUEUE, PRESENCE_QUEUE, QueueSettings};
use store::{JobQueue, Store};
use tokio::net::TcpListener;

use crate::agents::bulk_insert;
use crate::aws_calls::AwsCalls;
use crate::captured_log;
use crate::invoke::Invoke;
use crate::test_queue::TestQueue;
use crate::virtual_time::BACKOFF;

pub use deliveries::sequence_number;

/// When every test begins.
pub const START: &str = "2026-11-22T08:00:00Z";

/// The service over a fresh DynamoDB in memory, with the tenants `acme` and `globex` and a token for each.
///
/// When it is dropped, every message that was sent to its queues must have been handled; a test that leaves some says so with
/// [`TestStack::leaves_messages`]. And no call must have broken a limit of AWS.
pub struct TestStack {
    /// Intercepts every AWS call of the service.
    pub aws_calls: AwsCalls,
    /// The functions.
    pub functions: Arc<Functions>,
    /// DynamoDB, as the functions use it.
    pub store: Store,
    /// Invokes the functions that an event source invokes.
    pub invoke: Invoke,
    /// The queues of jobs, as the functions use them.
    pub job_queues: JobQueues,
    /// The time of the test.
    pub clock: Clock,
    /// DynamoDB without interception.
    pub dynamodb: aws_sdk_dynamodb::Client,
    /// The queue `plans`, without interception.
    pub plans: TestQueue,
    /// The queue `jobs`, without interception.
    pub jobs: TestQueue,
    /// The queue `presence`, without interception.
    pub presence: TestQueue,
    /// Where DynamoDB is.
    pub dynamodb_address: SocketAddr,
    /// Where SQS is.
    pub sqs_address: SocketAddr,
    database: Database,
    caller: reqwest::Client,
    /// Where the HTTP API is served.
    pub address: SocketAddr,
    now_ms: Arc<AtomicI64>,
    leaves_messages: AtomicBool,
}

impl TestStack {
    /// Starts the service, without agents.
    pub async fn start() -> Self {
        Self::start_with(100, None).await
    }

    /// Starts the service in which a request for more than one agent becomes a job.
    pub async fn start_with_jobs_only() -> Self {
        Self::start_with(1, None).await
    }

    /// Starts the service with a limit for requests that are answered at once, and with a domain that the `Host` header must
    /// be in.
    pub async fn start_with(sync_limit: usize, domain: Option<&str>) -> Self {
        Self::start_deployment(sync_limit, domain, Statuses::default()).await
    }

    /// Starts the service of a deployment that names these statuses.
    pub async fn start_with_statuses(statuses: Statuses) -> Self {
        Self::start_deployment(100, None, statuses).await
    }

    async fn start_deployment(sync_limit: usize, domain: Option<&str>, statuses: Statuses) -> Self {
        captured_log::capture();
        let database = dynamodb::in_memory().unwrap();
        let (dynamodb_address, sqs_address) = serve_backends(database.clone()).await;

        let aws_calls = AwsCalls::default();
        let store = intercepted_store(dynamodb_address, &aws_calls).with_statuses(statuses);
        let queue = |settings| intercepted_job_queue(sqs_address, settings, &aws_calls);
        let job_queues = JobQueues {
            plans: queue(&PLANS_QUEUE),
            jobs: queue(&JOBS_QUEUE),
        };
        store.create_missing_tables().await.unwrap();
        let (clock, now_ms) = settable_clock();
        for tenant in ["acme", "globex"] {
            let (owner, digest) = (name(tenant), secret_digest("secret"));
            let put = store.put_token(tenant, &owner, digest, clock.now());
            put.await.unwrap();
        }
        let settings = FunctionSettings {
            sync_limit,
            domain_name: domain.map(str::to_owned),
        };
        let functions = Arc::new(Functions::new(&store, &job_queues, &clock, settings));
        let (listener, address) = listen().await;
        let front = http_front::serve(listener, functions.clone(), std::future::pending());
        tokio::spawn(front);
        let _ = aws_calls.take_meter();

        let queue = |settings| {
            TestQueue::create_watched(sqs_address, settings, aws_calls.unhandled_messages())
        };
        Self {
            invoke: Invoke::new(functions.clone(), aws_calls.clone(), clock.clone()),
            functions,
            store,
            job_queues,
            clock,
            dynamodb: dynamodb_client(dynamodb_address),
            plans: queue(&PLANS_QUEUE).await,
            jobs: queue(&JOBS_QUEUE).await,
            presence: queue(&PRESENCE_QUEUE).await,
            dynamodb_address,
            sqs_address,
            database,
            caller: reqwest::Client::builder().no_proxy().build().unwrap(),
            address,
            now_ms,
            leaves_messages: AtomicBool::new(false),
            aws_calls,
        }
    }

    /// Adds agents to a tenant.
    pub async fn add(&self, tenant: &str, agents: &[RosterAgent]) {
        let tenant = name(tenant);
        let add = self.store.overwrite_agents(&tenant, agents);
        add.await.unwrap();
        let _ = self.aws_calls.take_meter();
    }

    /// The same tables, as another program uses them, and the interception of its calls.
    #[must_use]
    pub fn another_store(&self) -> (Store, AwsCalls) {
        let aws_calls = AwsCalls::default();
        let store = intercepted_store(self.dynamodb_address, &aws_calls);
        (store, aws_calls)
    }

    /// Adds many agents to a tenant.
    pub fn bulk_insert(&self, tenant: &str, agents: impl Iterator<Item = RosterAgent>) {
        bulk_insert::add(&self.database, &name(tenant), agents);
    }

    /// Lets time pass.
    pub fn pass(&self, duration: Duration) {
        let ms = i64::try_from(duration.as_millis()).unwrap();
        self.now_ms.fetch_add(ms, Ordering::SeqCst);
    }

    /// Allows that messages are left when the test ends; then some must be.
    pub fn leaves_messages(&self) {
        self.leaves_messages.store(true, Ordering::SeqCst);
    }
}

impl Drop for TestStack {
    fn drop(&mut self) {
        if std::thread::panicking() {
            return;
        }
        let broken = self.aws_calls.broken_limits();
        assert!(broken.is_empty(), "calls that AWS refuses: {broken:?}");
        let left = self.aws_calls.unhandled_messages().count();
        if self.leaves_messages.load(Ordering::SeqCst) {
            assert!(
                left > 0,
                "the test leaves no messages, but says that it does"
            );
        } else {
            assert!(
                left == 0,
                "{left} messages were sent and not handled: drain the queues, or say `leaves_messages`"
            );
        }
    }
}

/// Serves DynamoDB and SQS; returns where each is.
async fn serve_backends(database: Database) -> (SocketAddr, SocketAddr) {
    let (listener, dynamodb_address) = listen().await;
    tokio::spawn(dynoxide::server::serve_on(listener, database));
    let (listener, sqs_address) = listen().await;
    tokio::spawn(sqs::serve(listener, std::future::pending()));
    (dynamodb_address, sqs_address)
}

fn intercepted_store(address: SocketAddr, aws_calls: &AwsCalls) -> Store {
    let config = dynamodb::client_config(address).http_client(aws_calls.clone());
    Store::new(config, dynamodb::table_names(), BACKOFF)
}

fn intercepted_job_queue(
    address: SocketAddr,
    settings: &QueueSettings,
    aws_calls: &AwsCalls,
) -> JobQueue {
    let config = sqs::client_config(address).http_client(aws_calls.clone());
    let url = sqs::queue_url(address, settings.name);
    JobQueue::new(config, url, BACKOFF)
}

async fn listen() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    (listener, address)
}

fn dynamodb_client(address: SocketAddr) -> aws_sdk_dynamodb::Client {
    aws_sdk_dynamodb::Client::from_conf(dynamodb::client_config(address).build())
}

/// A clock that shows [`START`], and the milliseconds that set it.
fn settable_clock() -> (Clock, Arc<AtomicI64>) {
    let start = Timestamp::parse_rfc3339(START).unwrap();
    let now_ms = Arc::new(AtomicI64::new(start.epoch_ms()));
    let shown = now_ms.clone();
    let clock = Clock::from_fn(move || Timestamp::from_epoch_ms(shown.load(Ordering::SeqCst)));
    (clock, now_ms)
}

/// The tenant of that name.
#[must_use]
pub fn name(tenant: &str) -> Tenant {
    Tenant::parse(tenant).unwrap()
}

/// The valid token of a tenant.
#[must_use]
pub fn token(tenant: &str) -> String {
    format!("{tenant}.secret")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    async fn accept_job(stack: &TestStack) {
        let body = json!({ "agent_ids": [1, 2] });
        stack.post_force_logout("acme", &body).await;
    }

    #[tokio::test]
    #[should_panic(expected = "1 messages were sent and not handled")]
    async fn a_test_that_leaves_a_message_fails() {
        let stack = TestStack::start_with_jobs_only().await;
        accept_job(&stack).await;
    }

    #[tokio::test]
    #[should_panic(expected = "1 messages were sent and not handled")]
    async fn a_test_that_leaves_a_dead_letter_fails() {
        let stack = TestStack::start().await;
        stack.presence.send("not an event").await;
        stack.drain_presence().await;
    }

    #[tokio::test]
    #[should_panic(expected = "the test leaves no messages, but says that it does")]
    async fn a_test_that_says_so_must_leave_a_message() {
        let stack = TestStack::start().await;
        stack.leaves_messages();
    }

    #[tokio::test]
    async fn a_test_may_leave_messages_if_it_says_so() {
        let stack = TestStack::start_with_jobs_only().await;
        accept_job(&stack).await;
        stack.leaves_messages();
    }
}
