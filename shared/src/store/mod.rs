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
use std::fmt;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::Builder;
use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use thiserror::Error;

use crate::aws;
use crate::backoff::Backoff;

pub use agents::FoundAgents;
pub use attempts::{AttemptResult, Patience};
pub use batch_read::{Freshness, MAX_BATCH_GET};
pub use chunks::ChunkState;
pub use importing::Imported;
pub use presence::{PresenceWrite, SeenAgent};
pub use stream::{PENDING_LOGOUTS, StreamedAgent, read_record};
pub use tables::TableNames;
pub use tokens::{ListedToken, NewToken, Revocation, SecretDigest, Token};

/// What DynamoDB answers to whom it asks to slow down (Amazon DynamoDB Developer Guide, "Error handling").
const THROTTLES: [&str; 3] = [
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "ThrottlingException",
];

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
        /// It was throttled, or took too long.
        transient: bool,
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
    fn call<E, R>(operation: &'static str) -> impl FnOnce(SdkError<E, R>) -> Self
    where
        E: ProvideErrorMetadata + StdError + Send + Sync + 'static,
        R: fmt::Debug + Send + Sync + 'static,
    {
        move |source| {
            let is_throttled = source.code().is_some_and(|code| THROTTLES.contains(&code));
            let is_late = match &source {
                SdkError::TimeoutError(_) => true,
                SdkError::DispatchFailure(failure) => failure.is_timeout(),
                _ => false,
            };
            Self::Call {
                operation,
                transient: is_throttled || is_late,
                source: Box::new(source),
            }
        }
    }

    /// True if the same call may well succeed in a while.
    fn is_transient(&self) -> bool {
        match self {
            Self::Call { transient, .. } => *transient,
            Self::Unsettled { .. } => true,
            Self::Unanswered { .. } | Self::Item { .. } | Self::Statement { .. } => false,
        }
    }
}

/// What became of a write that only the first of several may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum First {
    /// This was the first.
    Yes,
    /// Another was there before; nothing was written.
    No,
}

/// What the answer to a conditional write means.
fn first<T, E>(
    written: Result<T, SdkError<E>>,
    operation: &'static str,
) -> Result<First, StoreError>
where
    E: ProvideErrorMetadata + StdError + Send + Sync + 'static,
{
    match written {
        Ok(_) => Ok(First::Yes),
        Err(error) if error.code() == Some("ConditionalCheckFailedException") => Ok(First::No),
        Err(error) => Err(StoreError::call(operation)(error)),
    }
}
