//! All functions over one DynamoDB, one SQS and one clock.

use std::time::Duration;

use domain::limits::DEFAULT_JOB_RETENTION_DAYS;
use force_logout::ForceLogoutFunction;
use job_planner::JobPlannerFunction;
use job_status::JobStatusFunction;
use logout_worker::LogoutWorkerFunction;
use pending_logouts::PendingLogoutsFunction;
use presence::{PresenceFunction, UnknownAddresses};
use service::authentication::Authenticator;
use service::clock::Clock;
use store::connection::RetryLimit;
use store::{JobQueue, Store};

/// How long jobs are kept, unless a deployment says otherwise.
const JOB_RETENTION: Duration = Duration::from_hours(24 * DEFAULT_JOB_RETENTION_DAYS as u64);

/// The functions of the service.
pub struct Functions {
    /// `POST …/force_logout`.
    pub force_logout: ForceLogoutFunction,
    /// `GET …/force_logout/jobs/{id}`.
    pub job_status: JobStatusFunction,
    /// Behind the queue `plans`.
    pub job_planner: JobPlannerFunction,
    /// Behind the queue `jobs`.
    pub logout_worker: LogoutWorkerFunction,
    /// Behind the queue `presence`.
    pub presence: PresenceFunction,
    /// Behind the stream of the agents table.
    pub pending_logouts: PendingLogoutsFunction,
}

/// The queues that functions send to.
#[derive(Clone)]
pub struct JobQueues {
    /// The queue `plans`.
    pub plans: JobQueue,
    /// The queue `jobs`.
    pub jobs: JobQueue,
}

/// The settings that a deployment can change.
#[derive(Clone, Debug)]
pub struct FunctionSettings {
    /// The maximum number of agents that are logged out while the caller waits.
    pub sync_limit: usize,
    /// If set, callers must reach the service as `{tenant}.{domain name}`.
    pub domain_name: Option<String>,
}

impl Functions {
    /// The functions, with what each of them uses.
    #[must_use]
    pub fn new(
        store: &Store,
        queues: &JobQueues,
        clock: &Clock,
        settings: FunctionSettings,
    ) -> Self {
        let until_deadline = RetryLimit::UntilDeadline;
        let patient_store = || store.clone().with_retry_limit(until_deadline);
        let patient = |queue: &JobQueue| queue.clone().with_retry_limit(until_deadline);
        let (store, clock) = (|| store.clone(), || clock.clone());
        let authenticator = Authenticator::new(store(), clock(), settings.domain_name);
        Self {
            force_logout: ForceLogoutFunction {
                authenticator: authenticator.clone(),
                store: store(),
                plans: queues.plans.clone(),
                clock: clock(),
                sync_limit: settings.sync_limit,
                job_retention: JOB_RETENTION,
            },
            job_status: JobStatusFunction {
                authenticator,
                store: store(),
                clock: clock(),
            },
            job_planner: JobPlannerFunction {
                store: patient_store(),
                chunks: patient(&queues.jobs),
                clock: clock(),
            },
            logout_worker: LogoutWorkerFunction {
                store: patient_store(),
                plans: patient(&queues.plans),
                clock: clock(),
            },
            presence: PresenceFunction {
                store: patient_store(),
                clock: clock(),
                unknown_addresses: UnknownAddresses::default(),
            },
            pending_logouts: PendingLogoutsFunction {
                store: patient_store(),
                clock: clock(),
            },
        }
    }
}
