//! What AWS publishes: limits, each with the page that says so. All of them are of one account in one region, and those
//! called quotas are raised on request.

/// A partition of a table takes so many write units a second (Amazon DynamoDB Developer Guide, "Best practices for designing
/// and using partition keys effectively"). Items of one partition key are in one partition unless DynamoDB splits them.
pub const PARTITION_WRITE_UNITS_PER_S: f64 = 1_000.0;
/// A partition gives so many read units a second (the same page).
pub const PARTITION_READ_UNITS_PER_S: f64 = 3_000.0;
/// A new on-demand table takes so many write units a second at once (Amazon DynamoDB Developer Guide, "Understanding
/// DynamoDB warm throughput in different scenarios").
pub const NEW_TABLE_WRITE_UNITS_PER_S: f64 = 4_000.0;
/// An on-demand table may throttle if it gets more than twice its previous peak within so long (Amazon DynamoDB Developer
/// Guide, "DynamoDB on-demand capacity mode"). DynamoDB often adds capacity sooner, but promises no time.
pub const DOUBLING_S: f64 = 1_800.0;
/// Default quota of an on-demand table's write units a second (Amazon DynamoDB Developer Guide, "Quotas in Amazon DynamoDB").
pub const TABLE_WRITE_UNITS_PER_S: f64 = 40_000.0;
/// Bytes of a write unit (Amazon DynamoDB Developer Guide, "DynamoDB read and write operations").
pub const WRITE_UNIT_BYTES: f64 = 1_024.0;
/// Bytes of a read unit, read consistently; half a unit otherwise (the same page).
pub const READ_UNIT_BYTES: f64 = 4_096.0;
/// A page of a `Query` holds so many bytes of items (Amazon DynamoDB API Reference, "Query").
pub const QUERY_PAGE_BYTES: f64 = 1_048_576.0;

/// An event source starts with so many batches of a standard queue at once (AWS Lambda Developer Guide, "Configuring scaling
/// behavior for SQS event source mappings").
pub const EVENT_SOURCE_START: f64 = 5.0;
/// It adds so many a second: 300 a minute (the same page).
pub const EVENT_SOURCE_GROWTH_PER_S: f64 = 300.0 / 60.0;
/// It invokes so many at once, whatever its `MaximumConcurrency` (the same page); the setting itself takes 2 to 1,000 (AWS
/// Lambda API Reference, "`ScalingConfig`").
pub const EVENT_SOURCE_MAX: f64 = 1_250.0;
/// A batch holds at most so many messages, as the template sets it; `SendMessageBatch` and `ReceiveMessage` take no more
/// (Amazon SQS Developer Guide, "Amazon SQS message quotas").
pub const MESSAGES_PER_BATCH: f64 = 10.0;
/// So many messages of a standard queue may be in flight (Amazon SQS Developer Guide, "Amazon SQS standard queue quotas").
pub const IN_FLIGHT_MESSAGES: f64 = 120_000.0;

/// Default quota of environments that work at once, all functions together (AWS Lambda Developer Guide, "Lambda quotas").
pub const ACCOUNT_CONCURRENCY: f64 = 1_000.0;
/// A function gets at most so many environments at once, and so many more every ten seconds (AWS Lambda Developer Guide,
/// "Lambda scaling behavior").
pub const ENVIRONMENTS_PER_10_S: f64 = 1_000.0;
/// A function with so much memory has one processor, one with less its share (AWS Lambda Developer Guide, "Configure Lambda
/// function memory").
pub const ONE_CPU_MB: f64 = 1_769.0;
