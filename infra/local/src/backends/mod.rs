//! The embedded DynamoDB and SQS.

pub mod dynamodb;
mod dynamodb_api;
pub mod sqs;
