//! The result of a conditional write.

use std::error::Error as StdError;

use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};

use crate::error::StoreError;

/// What became of a conditional write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConditionalWrite {
    /// The condition held; it is written.
    Applied,
    /// The condition did not hold; nothing was written. This is also the result of a write that was sent twice because its
    /// first answer got lost.
    Rejected,
}

/// The result that an answer of DynamoDB stands for.
pub(crate) fn conditional_write<T, E>(
    answer: Result<T, SdkError<E>>,
    operation: &'static str,
) -> Result<ConditionalWrite, StoreError>
where
    E: ProvideErrorMetadata + StdError + Send + Sync + 'static,
{
    match answer {
        Ok(_) => Ok(ConditionalWrite::Applied),
        Err(error) if error.code() == Some("ConditionalCheckFailedException") => {
            Ok(ConditionalWrite::Rejected)
        }
        Err(error) => Err(StoreError::call(operation)(error)),
    }
}
