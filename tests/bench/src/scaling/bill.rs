//! What a job costs: what AWS counts, at its prices.
//!
//! Prices are those of us-east-1 on AWS's pricing pages, without free tiers, as docs/operations.md has them. They change.

use super::costs::AGENTS_PER_CHUNK;
use super::deployment::Deployment;
use super::limits::MESSAGES_PER_BATCH;
use super::simulation::Run;

/// Dollars for a write request unit ("Pricing for on-demand capacity" of Amazon DynamoDB).
pub const WRITE_UNIT_DOLLARS: f64 = 0.625e-6;
/// Dollars for a read request unit (the same page).
pub const READ_UNIT_DOLLARS: f64 = 0.125e-6;
/// Dollars for a request to a standard queue, of up to 64 KB ("Amazon SQS pricing"). Ten chunks take 20 KB at most.
pub const SQS_REQUEST_DOLLARS: f64 = 0.40e-6;
/// Dollars for an invocation ("AWS Lambda Pricing").
pub const INVOCATION_DOLLARS: f64 = 0.20e-6;
/// Dollars for a second with a gigabyte, on arm64 (the same page).
pub const GB_S_DOLLARS: f64 = 0.000_013_333_4;

/// A line of a bill.
#[derive(Clone, Debug)]
pub struct Line {
    /// What is paid for.
    pub what: &'static str,
    /// How much of it.
    pub count: f64,
    /// Dollars for one.
    pub price: f64,
}

impl Line {
    /// Dollars.
    #[must_use]
    pub fn dollars(&self) -> f64 {
        self.count * self.price
    }
}

/// What a job of so many idle agents of one team costs that went like that.
#[must_use]
pub fn bill(agents: u32, deployment: &Deployment, run: &Run) -> [Line; 5] {
    let agents = f64::from(agents);
    let totals = deployment.costs.of_job(agents);
    let batches_sent = (agents / AGENTS_PER_CHUNK / MESSAGES_PER_BATCH).ceil();
    let batches_received = (run.deliveries / MESSAGES_PER_BATCH).ceil();
    let line = |what, count, price| Line { what, count, price };
    [
        line(
            "DynamoDB write request units",
            totals.write_units,
            WRITE_UNIT_DOLLARS,
        ),
        line(
            "DynamoDB read request units",
            totals.read_units,
            READ_UNIT_DOLLARS,
        ),
        line(
            "SQS requests, sent, received and deleted in tens",
            batches_sent + 2.0 * batches_received,
            SQS_REQUEST_DOLLARS,
        ),
        line("Lambda invocations", batches_received, INVOCATION_DOLLARS),
        line(
            "Lambda GB-s",
            run.invocation_s * deployment.memory_mb / 1_024.0,
            GB_S_DOLLARS,
        ),
    ]
}
