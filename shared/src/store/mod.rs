//! Everything the service keeps in DynamoDB, as verbs. Only this module knows tables, attributes and statements.

mod agent_item;
mod agents;
mod attempts;
mod batch_read;
mod batch_write;
mod chunks;
mod importing;
mod item;
mod job_item;
mod jobs;
mod loading;
mod look_ups;
mod operator_agents;
mod presence;
mod snapshot;
mod stream;
mod tables;
mod tokens;
mod update;

use std::error::Error as StdError;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::Builder;
use thiserror::Error;

use crate::aws;
use crate::backoff::Backoff;

pub use agents::FoundAgents;
pub use attempts::{AttemptResult, Patience};
pub use batch_read::{Freshness, MAX_BATCH_GET};
pub use chunks::ChunkState;
pub use importing::Imported;
pub use jobs::First;
pub use presence::{PresenceWrite, SeenAgent};
pub use stream::{PENDING_LOGOUTS, StreamedAgent, read_record};
pub use tables::TableNames;
pub use tokens::{ListedToken, NewToken, Revocation, SecretDigest, Token};

/// The agents, teams, tokens and jobs of all tenants.
#[derive(Clone)]
pub struct Store {
    client: Client,
    tables: TableNames,
    backoff: Backoff,
}

impl Store {
    /// The store behind `config`, which says where DynamoDB is and with which credentials; time limits and retries
    /// are set here.
    #[must_use]
    pub fn new(config: Builder, tables: TableNames, backoff: Backoff) -> Self {
        Self::with(config.timeout_config(aws::timeouts()), tables, backoff)
    }

    /// The same for an operator's command, which may take its time.
    #[must_use]
    pub fn from_afar(config: Builder, tables: TableNames, backoff: Backoff) -> Self {
        let config = config.timeout_config(aws::timeouts_from_afar());
        Self::with(config, tables, backoff)
    }

    fn with(config: Builder, tables: TableNames, backoff: Backoff) -> Self {
        let config = config.retry_config(aws::retries(backoff));
        Self {
            client: Client::from_conf(config.build()),
            tables,
            backoff,
        }
    }

    /// How long to wait before a call is tried again.
    #[must_use]
    pub fn backoff(&self) -> Backoff {
        self.backoff
    }
}

/// DynamoDB refused, or did not answer in time. Holds no attribute values, so it may be logged.
#[derive(Debug, Error)]
pub enum StoreError {
    /// A whole call failed, after the SDK's retries.
    #[error("{operation} failed")]
    Call {
        /// The API operation.
        operation: &'static str,
        /// The SDK's error.
        source: Box<dyn StdError + Send + Sync>,
    },
    /// A batch was answered for fewer statements than it had.
    #[error("{answered} of {sent} statements were answered")]
    Unanswered {
        /// Statements in the batch.
        sent: usize,
        /// Answers to it.
        answered: usize,
    },
    /// An item cannot be read as what it is.
    #[error("a {what} in the table is unreadable")]
    Item {
        /// What it is.
        what: &'static str,
    },
    /// One statement of a batch was refused for a reason that trying again does not change.
    #[error("a statement was refused: {code}")]
    Statement {
        /// DynamoDB's code for the refusal.
        code: String,
    },
    /// Some items could not be settled in the rounds there are: throttled, or changing all the time.
    #[error("{items} items were not settled after {rounds} rounds")]
    Unsettled {
        /// How many.
        items: usize,
        /// The rounds made.
        rounds: u32,
    },
}

impl StoreError {
    /// For `map_err` on a call of the SDK.
    fn call<E: StdError + Send + Sync + 'static>(
        operation: &'static str,
    ) -> impl FnOnce(E) -> Self {
        move |source| Self::Call {
            operation,
            source: Box::new(source),
        }
    }
}
