//! The test harness: the service over an embedded DynamoDB, with a tap on every AWS call it makes.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod agent_states;
pub mod answer;
pub mod crowd;
pub mod deliver;
pub mod faults;
pub mod log;
pub mod meter;
pub mod openapi;
pub mod people;
pub mod queue;
pub mod tap;
pub mod test_stack;
pub mod yaml;

pub use answer::Answer;
pub use people::{agent, agent_at};
pub use tap::{Act, Call, Tap};
pub use test_stack::TestStack;
