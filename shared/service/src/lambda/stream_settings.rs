//! The settings of the agents table's stream, as the template and `local` have them. Its event source takes partial batch
//! responses (`ReportBatchItemFailures`), and filters records by [`store::pending_logout_records`].

/// The settings of a stream's event source.
#[derive(Clone, Copy, Debug)]
pub struct StreamSettings {
    /// The name of the queue that says which records were skipped because they failed too often.
    pub dead_letter_queue: &'static str,
    /// The time limit of the function.
    pub function_timeout_seconds: u32,
    /// The maximum number of records in a batch.
    pub batch_size: usize,
    /// How often a failed batch is tried again before the shard goes on without it.
    pub max_retry_attempts: u32,
    /// Whether a batch that failed without a report is split into halves, so that one record does not fail the others.
    pub bisect_on_error: bool,
}

/// The stream of the agents table, whose function is `pending-logouts`. A batch that fails delays its shard, so it is tried a
/// few times only. A skipped agent has a new record as soon as anything about them changes.
pub const AGENTS_STREAM: StreamSettings = StreamSettings {
    dead_letter_queue: "pending-logouts-dead",
    function_timeout_seconds: 30,
    batch_size: 100,
    max_retry_attempts: 10,
    bisect_on_error: true,
};
