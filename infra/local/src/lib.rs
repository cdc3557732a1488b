//! The whole service on one machine.
//!
//! In reading order:
//!
//! - [`args`], [`program`], [`greeting`]: the command line, and what is printed;
//! - [`stack`], `server`: everything that runs, started in order and stopped in reverse;
//! - [`functions`]: the functions of the service;
//! - [`backends`]: embedded DynamoDB and SQS;
//! - [`http`]: a front that behaves like API Gateway;
//! - `serving`: connections, bodies and requests of strangers;
//! - [`event_sources`]: pollers that behave like Lambda's event source mappings;
//! - [`initial_database`], [`data_folder`]: the database at the start, and where it is kept;
//! - [`initial_agents`], `generated_agents`, `well_known_tokens`: the agents that are loaded, and who may log them out;
//! - `exposure`, [`output`]: what is said of open ports, and how it is printed.

pub mod args;
pub mod backends;
pub mod data_folder;
pub mod event_sources;
mod exposure;
pub mod functions;
mod generated_agents;
pub mod greeting;
pub mod http;
pub mod initial_agents;
pub mod initial_database;
pub mod output;
pub mod program;
mod server;
mod serving;
pub mod stack;
mod well_known_tokens;
