//! Why a step of a job failed.

use store::{QueueError, StoreError};
use thiserror::Error;

/// Why planning a job or working on a chunk failed.
#[derive(Debug, Error)]
pub enum JobError {
    /// The job, or a part of it, was deleted or has expired.
    #[error("the job is gone")]
    Gone,
    /// A message that is not a plan is in the queue of plans.
    #[error("the message is not a plan")]
    NotAPlan,
    /// DynamoDB refused.
    #[error("DynamoDB")]
    Store(#[from] StoreError),
    /// SQS refused.
    #[error("SQS")]
    Queue(#[from] QueueError),
}
