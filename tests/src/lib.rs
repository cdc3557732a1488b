//! The test harness: the service over an embedded DynamoDB and SQS, with every AWS call intercepted.
//!
//! In reading order:
//!
//! - [`TestStack`] starts the service, and has verbs for its callers and the contact centre;
//! - `agents`: [`new_agents`], [`bulk_insert`], and the state of agents in the table;
//! - `api`: the [`answer`] to a caller, checked against [`openapi`]; [`gateway_event`];
//! - `aws`: [`aws_calls`] intercepts every call, [`faults`] makes calls fail by number, [`meter`] counts,
//!   [`virtual_time`] makes waits pass at once;
//! - `queues`: [`test_queue`] and [`invoke`] deliver messages, and [`presence_messages`] are the bodies of some;
//! - [`crash_points`] and [`pending_logout_model`]: the exhaustive tests, quick or long by their arguments;
//! - [`interleavings`]: several programs, whose calls arrive in every order;
//! - [`captured_log`] and [`yaml`].
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod agents;
mod api;
mod aws;
pub mod captured_log;
pub mod crash_points;
pub mod interleavings;
pub mod pending_logout_model;
mod queues;
pub mod test_stack;
pub mod yaml;

pub use agents::new_agents::{agent, agent_at};
pub use agents::{bulk_insert, new_agents};
pub use api::answer::Answer;
pub use api::{answer, gateway_event, openapi};
pub use aws::aws_calls::{Act, AwsCalls, Call};
pub use aws::{aws_calls, faults, meter, virtual_time};
pub use queues::{invoke, presence_messages, test_queue};
pub use test_stack::TestStack;
