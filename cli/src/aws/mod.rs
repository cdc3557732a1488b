//! The tables and the queue of presence events, reached with AWS credentials.

mod access;
mod call_error;
pub mod database;
pub mod presence_queue;
