//! The embedded DynamoDB and SQS.

pub mod dynamodb;
pub mod sqs;
