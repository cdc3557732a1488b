//! A model of pending logouts: one agent does things, each of which is reported early, late, twice or in the wrong order, while
//! requests for a logout arrive. The model uses the pure functions of `domain`.
//!
//! - [`search()`] visits every sequence of steps up to a depth, and fails if an agent is logged out wrongly or forgotten;
//! - [`replay()`] has the real functions do the same steps, and compares them with the model after each.

mod invariants;
mod replay;
mod search;
mod world;

pub use replay::replay;
pub use search::{Found, search};

use domain::timestamp::Timestamp;

use crate::test_stack::START;
use world::{Step, World};

/// What writes the agent's status into the agents table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StatusWriter {
    /// The function `presence`, from events that have to be delivered first.
    PresenceEvents,
    /// Another writer, at once.
    PlainWrites,
}

/// Where the steps begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// The agent is idle.
    Idle,
    /// The agent is on a call, and a logout is pending.
    PendingLogout,
}

impl Start {
    /// The steps that lead there from an idle agent.
    fn steps(self, writer: StatusWriter) -> Vec<Step> {
        match (self, writer) {
            (Self::Idle, _) => vec![],
            (Self::PendingLogout, StatusWriter::PresenceEvents) => {
                vec![
                    Step::InteractionStarts,
                    Step::DeliverEvent(0),
                    Step::RequestLogout,
                ]
            }
            (Self::PendingLogout, StatusWriter::PlainWrites) => {
                vec![Step::InteractionStarts, Step::RequestLogout]
            }
        }
    }

    fn world(self, writer: StatusWriter) -> World {
        let steps = self.steps(writer);
        let idle = World::new(writer);
        steps
            .into_iter()
            .fold(idle, |world, step| world.after(step))
    }
}

/// The time of a step by the contact centre's clock. The service's clock is an hour ahead of all of them.
fn at(step: i64) -> Timestamp {
    Timestamp::from_epoch_ms(now().epoch_ms() - 3_600_000 + step * 1_000)
}

/// The time by the service's clock.
fn now() -> Timestamp {
    Timestamp::parse_rfc3339(START).unwrap()
}
