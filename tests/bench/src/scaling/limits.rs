//! What AWS publishes: limits of one account in one Region, each with the page that says so. A quota is raised on request.

/// A published limit.
pub struct Limit {
    pub what: &'static str,
    pub value: f64,
    pub unit: &'static str,
    /// The page, by its title.
    pub source: &'static str,
}

/// Items of one partition key are in one partition unless DynamoDB splits it, which it does not promise.
pub const PARTITION_WRITES: Limit = Limit {
    what: "writes of a partition",
    value: 1_000.0,
    unit: "write units a second",
    source: "DynamoDB: Best practices for designing and using partition keys effectively",
};
pub const PARTITION_READS: Limit = Limit {
    what: "reads of a partition",
    value: 3_000.0,
    unit: "read units a second",
    source: PARTITION_WRITES.source,
};
/// An index has a throughput of its own, with the same numbers.
pub const NEW_TABLE_WRITES: Limit = Limit {
    what: "writes of a new on-demand table or index",
    value: 4_000.0,
    unit: "write units a second",
    source: "DynamoDB: Understanding DynamoDB warm throughput in different scenarios",
};
pub const NEW_TABLE_READS: Limit = Limit {
    what: "reads of a new on-demand table or index",
    value: 12_000.0,
    unit: "read units a second",
    source: NEW_TABLE_WRITES.source,
};
/// Twice the peak so far; DynamoDB often gives more sooner, but promises no time.
pub const DOUBLING: Limit = Limit {
    what: "an on-demand table doubles its peak within",
    value: 30.0,
    unit: "minutes",
    source: "DynamoDB: DynamoDB on-demand capacity mode",
};
pub const TABLE_WRITES: Limit = Limit {
    what: "writes of an on-demand table, default quota",
    value: 40_000.0,
    unit: "write units a second",
    source: "DynamoDB: Quotas in Amazon DynamoDB",
};
/// `SendMessageBatch` and `ReceiveMessage` take no more, and the template sets it.
pub const MESSAGES_PER_BATCH: Limit = Limit {
    what: "messages in a batch",
    value: 10.0,
    unit: "messages",
    source: "SQS: Amazon SQS message quotas",
};
pub const IN_FLIGHT: Limit = Limit {
    what: "messages of a standard queue in flight",
    value: 120_000.0,
    unit: "messages",
    source: "SQS: Amazon SQS standard queue quotas",
};
pub const EVENT_SOURCE_START: Limit = Limit {
    what: "batches of a standard queue at once, at first",
    value: 5.0,
    unit: "invocations",
    source: "Lambda: Configuring scaling behavior for SQS event source mappings",
};
pub const EVENT_SOURCE_GROWTH: Limit = Limit {
    what: "more batches at once, each minute",
    value: 300.0,
    unit: "invocations",
    source: EVENT_SOURCE_START.source,
};
pub const ACCOUNT_CONCURRENCY: Limit = Limit {
    what: "concurrency of an account, default quota",
    value: 1_000.0,
    unit: "invocations",
    source: "Lambda: Lambda quotas",
};
/// An environment that needs less than 100 ms still takes no more than that.
pub const ENVIRONMENT_RATE: Limit = Limit {
    what: "invocations of an environment",
    value: 10.0,
    unit: "a second",
    source: "Lambda: Understanding Lambda function scaling",
};

/// All of them, in the order of the document.
pub const ALL: [Limit; 12] = [
    NEW_TABLE_WRITES,
    NEW_TABLE_READS,
    DOUBLING,
    TABLE_WRITES,
    PARTITION_WRITES,
    PARTITION_READS,
    MESSAGES_PER_BATCH,
    IN_FLIGHT,
    EVENT_SOURCE_START,
    EVENT_SOURCE_GROWTH,
    ENVIRONMENT_RATE,
    ACCOUNT_CONCURRENCY,
];
