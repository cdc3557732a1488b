//! The command line: commands, flags and their help.
#![expect(
    clippy::doc_markdown,
    reason = "the comments are shown on terminals, as they are"
)]

pub mod agents;
pub mod aws;
pub mod caller;
pub mod command_line;
mod examples;
pub mod job;
pub mod logout;
pub mod presence;
pub mod remove_agents;
pub mod teams;
pub mod times;
pub mod token;
mod values;
