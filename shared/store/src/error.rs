//! Why DynamoDB did not do what was asked.

use std::error::Error as StdError;

use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use thiserror::Error;

use crate::connection::is_passing;

/// DynamoDB refused, or did not answer in time. Holds no attribute values, so it may be logged.
#[derive(Debug, Error)]
pub enum StoreError {
    /// A whole call failed, after all retries.
    #[error("{operation} failed")]
    Call {
        /// The API operation.
        operation: &'static str,
        /// It failed for a passing reason.
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
    /// An item cannot be read.
    #[error("a {what} in the table is unreadable")]
    Item {
        /// The kind of item.
        what: &'static str,
    },
    /// One statement of a batch was refused for a reason that trying again does not change.
    #[error("a statement was refused: {code}")]
    Statement {
        /// DynamoDB's code for the refusal.
        code: String,
    },
    /// Some items were throttled, or kept changing, in every round.
    #[error("{items} items were not settled after {rounds} rounds")]
    Unsettled {
        /// The number of items.
        items: usize,
        /// The number of rounds.
        rounds: u32,
    },
}

impl StoreError {
    /// For `map_err` on a call of the SDK.
    pub(crate) fn call<E>(operation: &'static str) -> impl FnOnce(SdkError<E>) -> Self
    where
        E: ProvideErrorMetadata + StdError + Send + Sync + 'static,
    {
        move |source| Self::Call {
            operation,
            transient: is_passing(&source),
            source: Box::new(source),
        }
    }

    /// True if the same call may succeed a little later.
    pub(crate) fn is_transient(&self) -> bool {
        match self {
            Self::Call { transient, .. } => *transient,
            Self::Unsettled { .. } => true,
            Self::Unanswered { .. } | Self::Item { .. } | Self::Statement { .. } => false,
        }
    }
}
