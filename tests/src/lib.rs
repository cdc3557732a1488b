//! The test harness: the service over an embedded DynamoDB, with a tap on every AWS call it makes.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

pub mod log;
pub mod meter;
pub mod stack;
pub mod tap;

pub use stack::{Answer, TestStack, agent};
pub use tap::{Act, Call, Tap};
