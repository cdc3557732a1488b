//! The whole service on one machine: the functions, an embedded DynamoDB, and a front that behaves like API Gateway.

pub mod args;
pub mod dynamodb;
pub mod front;
mod gateway_event;
pub mod greeting;
pub mod roster_files;
mod server;
pub mod stack;
