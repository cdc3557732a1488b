//! Why a step of a job failed.

use store::{QueueError, StoreError};
use thiserror::Error;

/// Why planning a job or working on a chunk failed.
#[derive(Debug, Error)]
pub enum JobError {
    /// The job, or a part of it, was deleted or has expired.
    #[error("the job is gone")]
    Gone,
    /// DynamoDB refused.
    #[error("DynamoDB")]
    Store(#[from] StoreError),
    /// SQS refused.
    #[error("SQS")]
    Queue(#[from] QueueError),
}
