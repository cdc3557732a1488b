//! The command line.

use std::net::SocketAddr;
use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::{ArgGroup, Parser, value_parser};
use domain::agents::Statuses;
use domain::limits::{ALLOWED_SYNC_LIMITS, DEFAULT_SYNC_LIMIT};

/// Runs forced agent logout on this machine, with no AWS account: the functions behind an HTTP front, and embedded
/// DynamoDB and SQS. Ctrl-C stops it.
#[derive(Clone, Debug, Parser)]
#[command(name = "local", version, group(ArgGroup::new("roster").args(["agents", "sample"]).multiple(true)))]
pub struct Args {
    /// Where the HTTP API is served: an IP address and a port
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:9000")]
    pub listen: SocketAddr,

    /// Where DynamoDB is served, for the AWS CLI, `cargo lambda` and any SDK
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:8000")]
    pub dynamodb_listen: SocketAddr,

    /// Where SQS is served
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:9324")]
    pub sqs_listen: SocketAddr,

    /// Start DynamoDB and SQS with the agents, tables and queues, but no functions: for `cargo lambda watch`, which runs them
    #[arg(long, conflicts_with = "listen")]
    pub backends_only: bool,

    /// Load these agents (JSON Lines, one agent a line) instead of the sample; may be given more than once
    #[arg(long, value_name = "FILE.jsonl")]
    pub agents: Vec<PathBuf>,

    /// Generate this number of agents of one tenant instead: many teams and addresses, one in twenty on a call or chat
    #[arg(long, value_name = "AGENTS", conflicts_with = "agents", value_parser = value_parser!(u32).range(1..))]
    pub sample: Option<u32>,

    /// Keep the database in this folder between runs; if there are agents or tokens in it, they are left as they are, and no
    /// agents are loaded
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,

    /// Load the agents of --agents or --sample into the folder of --data all the same, over what is stored of them
    #[arg(long, requires = "data", requires = "roster")]
    pub reload_agents: bool,

    /// The maximum number of agents that are logged out while the caller waits; a request for more becomes a job (1 to 100)
    #[arg(long, value_name = "AGENTS", default_value_t = DEFAULT_SYNC_LIMIT, value_parser = sync_limit)]
    pub sync_limit: usize,

    /// A status of agents who are on a call or chat, in place of In-call and In-chat; may be given more than once
    #[arg(long = "busy-status", value_name = "STATUS")]
    pub busy_statuses: Vec<String>,
}

impl Args {
    /// The statuses that mean something to the service.
    ///
    /// # Errors
    /// A busy status is no status, or is given twice.
    pub fn statuses(&self) -> Result<Statuses> {
        if self.busy_statuses.is_empty() {
            return Ok(Statuses::default());
        }
        let busy = self.busy_statuses.iter().map(String::as_str);
        Statuses::with_busy(busy).context("--busy-status")
    }
}

fn sync_limit(text: &str) -> Result<usize, String> {
    let limit = text
        .parse()
        .ok()
        .filter(|limit| ALLOWED_SYNC_LIMITS.contains(limit));
    let (min, max) = (ALLOWED_SYNC_LIMITS.start(), ALLOWED_SYNC_LIMITS.end());
    limit.ok_or_else(|| format!("it must be a number from {min} to {max}"))
}
