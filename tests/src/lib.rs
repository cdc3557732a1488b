//! The test harness: the service over an embedded DynamoDB and SQS, with every AWS call intercepted.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod agent_states;
pub mod answer;
pub mod aws_calls;
pub mod bulk_insert;
pub mod captured_log;
pub mod faults;
pub mod invoke;
pub mod meter;
pub mod new_agents;
pub mod openapi;
pub mod test_queue;
pub mod test_stack;
pub mod yaml;

pub use answer::Answer;
pub use aws_calls::{Act, AwsCalls, Call};
pub use new_agents::{agent, agent_at};
pub use test_stack::TestStack;
