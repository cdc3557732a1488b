//! The program `local`: started, used as it prints, stopped.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod api_docs;
mod data_folder;
mod flags;
mod pending_logouts;
mod printed_commands;
mod running;
mod stopping;
mod strangers;
