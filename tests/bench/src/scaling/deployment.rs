//! What can be set, and what it allows at a time.

use std::fmt;

use logout::event_sources::JOBS;

use super::costs::{Assumptions, JobCosts};
use super::limits::{
    ACCOUNT_CONCURRENCY, DOUBLING_S, ENVIRONMENTS_PER_10_S, EVENT_SOURCE_GROWTH_PER_S,
    EVENT_SOURCE_MAX, EVENT_SOURCE_START, MESSAGES_PER_BATCH, NEW_TABLE_WRITE_UNITS_PER_S,
    ONE_CPU_MB, PARTITION_WRITE_UNITS_PER_S, TABLE_WRITE_UNITS_PER_S,
};

/// A function gives its messages back so long before it is stopped (`logout::batch`).
const TIME_TO_REPORT_S: f64 = 2.0;

/// What can keep a job from being faster.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Limit {
    /// Accepting, polling, a cold start.
    Start,
    /// A page is asked for after the one before.
    LookUpPages,
    /// The processor of the one invocation that plans.
    PlanProcessor,
    /// The one partition that holds all items of a job.
    JobPartition,
    /// Messages are sent so many at once.
    Sending,
    /// How fast the event source adds invocations.
    EventSourceGrowth,
    /// `WorkerMaxConcurrency`.
    WorkerMaxConcurrency,
    /// The account's concurrency.
    AccountConcurrency,
    /// How fast Lambda adds environments.
    LambdaGrowth,
    /// What the agents table takes a second.
    AgentsTable,
    /// The visibility timeout: chunks ran out of time, and the job waits for their next delivery.
    Redelivery,
    /// None: the last chunks take the time they take.
    RoundTrips,
}

impl fmt::Display for Limit {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Start => "start",
            Self::LookUpPages => "pages of the look-up",
            Self::PlanProcessor => "processor of the plan",
            Self::JobPartition => "job's partition",
            Self::Sending => "sending messages",
            Self::EventSourceGrowth => "growth of the event source",
            Self::WorkerMaxConcurrency => "`WorkerMaxConcurrency`",
            Self::AccountConcurrency => "account's concurrency",
            Self::LambdaGrowth => "growth of Lambda",
            Self::AgentsTable => "agents table's writes",
            Self::Redelivery => "visibility timeout",
            Self::RoundTrips => "chunk's own time",
        })
    }
}

/// The settings, quotas and costs that a job meets.
#[derive(Clone, Copy, Debug)]
pub struct Deployment {
    /// `WorkerMaxConcurrency` of the template.
    pub worker_max_concurrency: f64,
    /// `MemorySize` of the template.
    pub memory_mb: f64,
    /// An invocation has so long for what it was handed.
    pub invocation_s: f64,
    /// Write units a second that the agents table takes at once: its warm throughput.
    pub warm_write_units_per_s: f64,
    /// Quota of a table's write units a second.
    pub table_write_units_per_s: f64,
    /// Write units a second of the partition that holds the job.
    pub partition_write_units_per_s: f64,
    /// Quota of environments.
    pub account_concurrency: f64,
    /// Invocations that the event source adds a second.
    pub event_source_growth_per_s: f64,
    /// What the code costs.
    pub costs: JobCosts,
    /// What is guessed.
    pub assumptions: Assumptions,
}

impl Deployment {
    /// The template's defaults in a new account, tables never used before.
    pub const DEFAULT: Self = Self {
        worker_max_concurrency: 50.0,
        memory_mb: 256.0,
        invocation_s: JOBS.function_timeout_seconds as f64 - TIME_TO_REPORT_S,
        warm_write_units_per_s: NEW_TABLE_WRITE_UNITS_PER_S,
        table_write_units_per_s: TABLE_WRITE_UNITS_PER_S,
        partition_write_units_per_s: PARTITION_WRITE_UNITS_PER_S,
        account_concurrency: ACCOUNT_CONCURRENCY,
        event_source_growth_per_s: EVENT_SOURCE_GROWTH_PER_S,
        costs: JobCosts::CODE,
        assumptions: Assumptions::GUESS,
    };

    /// Processors of an environment; the worker uses no second one.
    #[must_use]
    pub fn cpus(&self) -> f64 {
        (self.memory_mb / ONE_CPU_MB).min(1.0)
    }

    /// How long a chunk takes in an environment that works on ten of them at once.
    #[must_use]
    pub fn chunk_s(&self) -> f64 {
        let Assumptions {
            call_s,
            chunk_cpu_s,
            ..
        } = self.assumptions;
        self.costs.round_trips_per_chunk * call_s + MESSAGES_PER_BATCH * chunk_cpu_s / self.cpus()
    }

    /// Invocations that may work `busy_s` after the first message came, and what keeps them from being more.
    #[must_use]
    pub fn environments(&self, busy_s: f64) -> (f64, Limit) {
        let growing = EVENT_SOURCE_START + self.event_source_growth_per_s * busy_s;
        let lambda = ENVIRONMENTS_PER_10_S * (1.0 + busy_s / 10.0);
        [
            (
                self.worker_max_concurrency.min(EVENT_SOURCE_MAX),
                Limit::WorkerMaxConcurrency,
            ),
            (growing, Limit::EventSourceGrowth),
            (self.account_concurrency, Limit::AccountConcurrency),
            (lambda, Limit::LambdaGrowth),
        ]
        .into_iter()
        .min_by(|one, other| one.0.total_cmp(&other.0))
        .expect("there are four")
    }

    /// Write units a second that the agents table takes `busy_s` after the first message came.
    #[must_use]
    pub fn agents_table_write_units_per_s(&self, busy_s: f64) -> f64 {
        let doubled = self.warm_write_units_per_s * (busy_s / DOUBLING_S).floor().exp2();
        doubled.min(self.table_write_units_per_s)
    }
}
