//! The service from outside: HTTP in, HTTP out, over an embedded DynamoDB.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod authentication;
mod bad_input;
mod contract;
mod costs;
mod gateway_events;
mod isolation;
mod privacy;
mod races;
mod throttling;
