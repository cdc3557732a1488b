//! Log lines: JSON, one event a line, with ids and no personal data.

use std::io;

use tracing::Subscriber;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

/// Our own crates. Their log lines hold ids, and never a token, a name or a mail address.
const OUR_CRATES: [&str; 11] = [
    "domain",
    "wire",
    "store",
    "service",
    "force_logout",
    "job_planner",
    "job_status",
    "logout_worker",
    "presence",
    "pending_logouts",
    "local",
];

/// Sends log lines to standard error from now on.
pub fn init() {
    subscriber(LevelFilter::INFO, io::stderr).init();
}

/// Log lines of our crates from `level` up. Libraries log warnings and errors only, at any level: below that, the AWS SDK logs
/// whole requests and the Lambda runtime whole events, which hold personal data.
pub fn subscriber<W>(level: LevelFilter, writer: W) -> impl Subscriber + Send + Sync
where
    W: for<'w> MakeWriter<'w> + Send + Sync + 'static,
{
    let targets = Targets::new().with_default(level.min(LevelFilter::WARN));
    let targets = OUR_CRATES
        .iter()
        .fold(targets, |targets, name| targets.with_target(*name, level));
    // The embedded DynamoDB warns of every rejected write, which is a normal result.
    let targets = targets.with_target("dynoxide", level.min(LevelFilter::ERROR));
    let lines = tracing_subscriber::fmt::layer()
        .json()
        .flatten_event(true)
        // A line that cannot be written is dropped: saying so on standard error, which is full or closed, would panic.
        .log_internal_errors(false)
        .with_writer(writer);
    tracing_subscriber::registry().with(targets).with(lines)
}
