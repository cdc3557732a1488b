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
//! - [`initial_agents`], `generated_agents`: the agents that are there at the start.

pub mod args;
pub mod backends;
pub mod event_sources;
pub mod functions;
mod generated_agents;
pub mod greeting;
pub mod http;
pub mod initial_agents;
pub mod program;
mod server;
mod serving;
pub mod stack;
