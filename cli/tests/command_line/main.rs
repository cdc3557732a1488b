//! The command, run as an operator runs it, against a running service.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod agents;
mod credentials;
mod fake_service;
mod faulty_service;
mod import_agents;
mod interrupted_import;
mod logout;
mod on_terminal;
mod presence;
mod remove_agents;
mod selectors_file;
mod stack;
mod teams;
mod terminal;
mod token;
mod usage;
