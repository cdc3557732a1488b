//! The whole service on one machine: the functions, an embedded DynamoDB and SQS, a front that behaves like API
//! Gateway, and event sources that behave like Lambda's.

pub mod agents;
mod api_docs;
pub mod args;
pub mod dynamodb;
pub mod event_source;
pub mod front;
mod gateway_event;
mod greeting;
mod invocation;
mod made_up;
pub mod program;
mod server;
pub mod sqs;
pub mod stack;
pub mod stream;
pub mod stream_source;
