//! What feeds the functions that nobody calls: queues and a stream, as the template and `infra/local` set them up. All of
//! them take reports of single failures (`ReportBatchItemFailures`).

use crate::store;

/// How a queue and its dead-letter queue are set up.
#[derive(Clone, Copy, Debug)]
pub struct QueueSettings {
    /// The name of the queue.
    pub name: &'static str,
    /// Where messages rest that failed too often.
    pub dead_letters: &'static str,
    /// An invocation of the function behind it takes at most that long.
    pub function_timeout_seconds: u32,
    /// So many deliveries of a message may fail.
    pub max_receive_count: u32,
    /// A message may be so large.
    pub max_message_bytes: u32,
}

impl QueueSettings {
    /// One delivery of a message may take that long before it is delivered again: six times the function's time, as
    /// Lambda asks for (AWS Lambda Developer Guide, "Using Lambda with Amazon SQS").
    #[must_use]
    pub const fn visibility_timeout_seconds(&self) -> u32 {
        6 * self.function_timeout_seconds
    }
}

/// Every queue keeps its messages that long: the longest that SQS can, 14 days (Amazon SQS quotas).
pub const MAX_RETENTION_SECONDS: u32 = 14 * 24 * 60 * 60;

/// The queue of jobs, behind which stands `logout-worker`. The longest work is to plan: a million agents took 23 s with
/// functions, queue and database on two cores. The largest plan takes 300 KB (see `Selection::to_selectors`).
pub const JOBS: QueueSettings = QueueSettings {
    name: "jobs",
    dead_letters: "jobs-dead",
    function_timeout_seconds: 120,
    max_receive_count: 5,
    max_message_bytes: 1024 * 1024,
};

/// The queue of presence events, behind which stands `presence`. An event is a write or two; the largest, a status of 64
/// characters in JSON escapes, takes less than 1 KB.
pub const PRESENCE: QueueSettings = QueueSettings {
    name: "presence",
    dead_letters: "presence-dead",
    function_timeout_seconds: 30,
    max_receive_count: 5,
    max_message_bytes: 16 * 1024,
};

/// How a stream feeds its function.
#[derive(Clone, Copy, Debug)]
pub struct StreamSettings {
    /// Which records the function gets: a pattern of Lambda's event filtering.
    pub filter: &'static str,
    /// The queue where is told which records were given up on.
    pub given_up: &'static str,
    /// An invocation of the function takes at most that long.
    pub function_timeout_seconds: u32,
    /// A batch holds at most that many records.
    pub batch_size: usize,
    /// A batch is tried so often again before the shard goes on without it.
    pub max_retry_attempts: u32,
    /// A batch of which nothing is known but that it failed is cut into halves, so that one record does not take the
    /// others with it.
    pub bisect_on_error: bool,
}

/// The stream of the agents table, behind which stands `deferred-logout`. A batch that fails holds up its shard, so it is
/// tried a few times only; whoever is given up on has a record again as soon as anything about them changes.
pub const AGENTS_STREAM: StreamSettings = StreamSettings {
    filter: store::PENDING_LOGOUTS,
    given_up: "deferred-logout-dead",
    function_timeout_seconds: 30,
    batch_size: 100,
    max_retry_attempts: 10,
    bisect_on_error: true,
};
