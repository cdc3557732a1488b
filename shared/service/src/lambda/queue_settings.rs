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
    /// How often a message is delivered before it is moved.
    pub max_receive_count: u32,
    /// The maximum size of a message.
    pub max_message_bytes: u32,
}

impl QueueSettings {
    /// How long a delivered message is hidden before it is delivered again: six times the function's time, as Lambda asks
    /// for (AWS Lambda Developer Guide, "Using Lambda with Amazon SQS").
    #[must_use]
    pub const fn visibility_timeout_seconds(&self) -> u32 {
        6 * self.function_timeout_seconds
    }
}

/// How long every queue keeps its messages: 14 days, the maximum of SQS (Amazon SQS quotas).
pub const MAX_RETENTION_SECONDS: u32 = 14 * 24 * 60 * 60;

/// The queue of jobs, whose function is `logout-worker`. Planning takes longest: a million agents took 23 s with functions,
/// queue and database on two cores. The largest plan message takes 300 KB (`wire::stored::StoredSelection`).
pub const JOBS_QUEUE: QueueSettings = QueueSettings {
    name: "jobs",
    dead_letter_queue: "jobs-dead",
    function_timeout_seconds: 120,
    max_receive_count: 5,
    max_message_bytes: 1024 * 1024,
};

/// The queue of presence events, whose function is `presence`. An event takes a write or two; the largest, a status of 64
/// characters in JSON escapes, takes less than 1 KB.
pub const PRESENCE_QUEUE: QueueSettings = QueueSettings {
    name: "presence",
    dead_letter_queue: "presence-dead",
    function_timeout_seconds: 30,
    max_receive_count: 5,
    max_message_bytes: 16 * 1024,
};
