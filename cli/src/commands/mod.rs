//! What each command does.

pub mod agents;
pub mod completions;
mod follow_job;
pub mod import_agents;
pub mod job;
pub mod logout;
pub mod presence;
mod refused;
pub mod remove_agents;
pub mod teams;
pub mod token;
