//! What a request spends its time on, as seen from outside the process.

use std::time::{Duration, Instant};

use super::relay::Seen;

/// The time of a request, in parts that add up to it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Phases {
    /// From the event to the first connection: reading it, and setting up what AWS is called with.
    pub before_connecting: Duration,
    /// From there to the first call: credentials, signing. All before the first call, if none is connected to anew.
    pub before_calling: Duration,
    /// While a call is not answered.
    pub backends: Duration,
    /// Between calls: reading an answer and making the next one, new connections included.
    pub between_calls: Duration,
    /// From the last answer to the function's own.
    pub answering: Duration,
    /// How many calls there were.
    pub calls: u32,
}

impl Phases {
    /// From an event to its answer, and what was seen between them.
    pub fn of(event: Instant, traffic: &[(Instant, Seen)], answered: Instant) -> Self {
        let mut phases = Self::default();
        // The last thing known, and whether a call is under way.
        let mut since = event;
        let mut calling = false;
        for &(at, seen) in traffic {
            let passed = at.saturating_duration_since(since);
            match seen {
                Seen::Connection if phases.calls == 0 => phases.before_connecting += passed,
                Seen::Call if phases.calls == 0 => phases.before_calling += passed,
                _ if calling => phases.backends += passed,
                _ => phases.between_calls += passed,
            }
            if seen == Seen::Call && !calling {
                phases.calls += 1;
            }
            calling = match seen {
                Seen::Connection => calling,
                Seen::Call => true,
                Seen::Answer => false,
            };
            since = at;
        }
        phases.answering = answered.saturating_duration_since(since);
        phases
    }

    /// From the event to the answer.
    pub fn total(&self) -> Duration {
        self.before_connecting
            + self.before_calling
            + self.backends
            + self.between_calls
            + self.answering
    }
}
