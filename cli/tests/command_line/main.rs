//! The program, run as an operator runs it, against the whole service.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod agents;
mod answers;
mod credentials;
mod import;
mod interrupted_import;
mod log_out;
mod stack;
mod token;
mod usage;
