//! The settings of the queues, as the template and `local` have them. Their event sources take partial batch responses
//! (`ReportBatchItemFailures`).

/// The settings of a queue, its dead-letter queue and its function.
#[derive(Clone, Copy, Debug)]
pub struct QueueSettings {
    /// The name of the queue.
    pub name: &'static str,
    /// The name of the queue that messages are moved to when they failed too often.
    pub dead_letter_queue: &'static str,
    /// The time limit of the function that takes its messages.
    pub function_timeout_seconds: u32,
    /// How long a delivered message is hidden before it is delivered again: so soon one that failed is tried again. Lambda asks
    /// for six times the function's time, so that messages of invocations that it throttles are not delivered meanwhile (AWS
    /// Lambda Developer Guide, "Using Lambda with Amazon SQS"); a message that comes twice does no harm here.
    pub visibility_timeout_seconds: u32,
    /// The maximum number of messages of an invocation.
    pub batch_size: i32,
    /// How often a message is delivered before it is moved.
    pub max_receive_count: u32,
    /// The maximum size of a message.
    pub max_message_bytes: u32,
}

/// How long every queue keeps its messages: 14 days, the maximum of SQS (Amazon SQS quotas).
pub const MAX_RETENTION_SECONDS: u32 = 14 * 24 * 60 * 60;

/// The queue of plans, whose function is `job-planner`. A million agents took 23 s with functions, queue and database on two
/// cores. Their ids take 8 MB, and two or three times that while they are collected, so an invocation has one message. The
/// largest takes 300 KB (`wire::stored::StoredSelection`).
pub const PLANS_QUEUE: QueueSettings = QueueSettings {
    name: "plans",
    dead_letter_queue: "plans-dead",
    function_timeout_seconds: 120,
    visibility_timeout_seconds: 6 * 120,
    batch_size: 1,
    max_receive_count: 5,
    max_message_bytes: 1024 * 1024,
};

/// The queue of chunks, whose function is `logout-worker`. A chunk takes three calls in a row, and more time only where calls
/// are throttled; one that failed comes back after a minute. Up to 0.2.0 plans were in it too, so it still takes their size.
pub const JOBS_QUEUE: QueueSettings = QueueSettings {
    name: "jobs",
    dead_letter_queue: "jobs-dead",
    function_timeout_seconds: 50,
    visibility_timeout_seconds: 60,
    batch_size: 10,
    max_receive_count: 5,
    max_message_bytes: 1024 * 1024,
};

/// The maximum number of chunks that an invocation works on at once. On a table that throttles, each of its agents waits for as
/// long as the table takes for the agents in flight, and some for several times that: with fewer at once, a batch takes as long,
/// but none of its chunks takes longer than the function has (docs/scaling.md).
pub const MAX_PARALLEL_CHUNKS: usize = 4;

/// The queue of presence events, whose function is `presence`. An event takes a write or two; the largest, a status of 64
/// characters in JSON escapes, takes less than 1 KB.
pub const PRESENCE_QUEUE: QueueSettings = QueueSettings {
    name: "presence",
    dead_letter_queue: "presence-dead",
    function_timeout_seconds: 30,
    visibility_timeout_seconds: 6 * 30,
    batch_size: 10,
    max_receive_count: 5,
    max_message_bytes: 16 * 1024,
};
