//! Everything the service keeps in DynamoDB, as verbs. Only this module knows tables, attributes and statements.

mod agent_item;
mod agents;
mod attempts;
mod backoff;
mod batch_write;
mod item;
mod loading;
mod look_ups;
mod tables;
mod tokens;

use std::error::Error as StdError;
use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::Builder;
use aws_sdk_dynamodb::config::retry::RetryConfig;
use aws_sdk_dynamodb::config::timeout::TimeoutConfig;
use thiserror::Error;

pub use agents::{Freshness, MAX_BATCH_GET};
pub use attempts::AttemptResult;
pub use backoff::Backoff;
pub use tables::TableNames;
pub use tokens::{SecretDigest, Token};

/// Waiting for a connection takes at most that long; DynamoDB connects in a few milliseconds inside its region.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(1);
/// One try of a call takes at most that long; DynamoDB answers in single-digit milliseconds.
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(2);
/// A call with its retries takes at most that long.
const OPERATION_TIMEOUT: Duration = Duration::from_secs(6);

/// The agents, teams and tokens of all tenants.
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
        let timeouts = TimeoutConfig::builder()
            .connect_timeout(CONNECT_TIMEOUT)
            .operation_attempt_timeout(ATTEMPT_TIMEOUT)
            .operation_timeout(OPERATION_TIMEOUT)
            .build();
        let retries = RetryConfig::standard().with_initial_backoff(backoff.base());
        let config = config
            .timeout_config(timeouts)
            .retry_config(retries)
            .build();
        Self {
            client: Client::from_conf(config),
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
