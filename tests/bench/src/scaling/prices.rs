//! Dollars, in us-east-1, without free tiers, as docs/operations.md has them. They change.

/// A write request unit ("Pricing for on-demand capacity" of Amazon DynamoDB).
pub const WRITE_UNIT: f64 = 0.625e-6;
/// A read request unit (the same page).
pub const READ_UNIT: f64 = 0.125e-6;
/// A request to a standard queue, of up to 64 KB ("Amazon SQS pricing"). Ten chunks take 20 KB at most.
pub const SQS_REQUEST: f64 = 0.40e-6;
/// An invocation ("AWS Lambda Pricing").
pub const INVOCATION: f64 = 0.20e-6;
/// A second with a gigabyte, on arm64 (the same page).
pub const GB_SECOND: f64 = 0.000_013_333_4;
