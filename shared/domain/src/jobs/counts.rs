//! The counts of a job.

use crate::logout::{Outcome, SkipReason};

/// How many agents had which outcome; each agent counts once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OutcomeCounts {
    /// Logged out.
    pub logged_out: u64,
    /// On a call or chat; their logout is pending until it ends.
    pub deferred: u64,
    /// Skipped: no such agent.
    pub not_found: u64,
    /// Skipped: not online.
    pub offline: u64,
    /// Skipped: their session began after the job was accepted.
    pub newer_session: u64,
}

impl OutcomeCounts {
    /// Counts one agent.
    pub fn add(&mut self, outcome: &Outcome) {
        let count = match outcome {
            Outcome::LoggedOut => &mut self.logged_out,
            Outcome::Deferred => &mut self.deferred,
            Outcome::Skipped(SkipReason::NotFound) => &mut self.not_found,
            Outcome::Skipped(SkipReason::Offline) => &mut self.offline,
            Outcome::Skipped(SkipReason::NewerSession) => &mut self.newer_session,
        };
        *count += 1;
    }

    /// Adds the counts of other chunks.
    pub fn merge(&mut self, other: &Self) {
        self.logged_out += other.logged_out;
        self.deferred += other.deferred;
        self.not_found += other.not_found;
        self.offline += other.offline;
        self.newer_session += other.newer_session;
    }

    /// How many agents were not touched.
    #[must_use]
    pub fn skipped(&self) -> u64 {
        self.not_found + self.offline + self.newer_session
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_agent_counts_once_by_their_outcome() {
        let outcomes = [
            (1, Outcome::LoggedOut),
            (2, Outcome::Deferred),
            (3, Outcome::Skipped(SkipReason::NotFound)),
            (4, Outcome::Skipped(SkipReason::Offline)),
            (5, Outcome::Skipped(SkipReason::NewerSession)),
        ];
        let mut counts = OutcomeCounts::default();
        for (times, outcome) in &outcomes {
            (0..*times).for_each(|_| counts.add(outcome));
        }
        let expected = OutcomeCounts {
            logged_out: 1,
            deferred: 2,
            not_found: 3,
            offline: 4,
            newer_session: 5,
        };
        assert_eq!(counts, expected);
        assert_eq!(counts.skipped(), 12);
        counts.merge(&OutcomeCounts {
            logged_out: 10,
            deferred: 20,
            not_found: 30,
            offline: 40,
            newer_session: 50,
        });
        let both = OutcomeCounts {
            logged_out: 11,
            deferred: 22,
            not_found: 33,
            offline: 44,
            newer_session: 55,
        };
        assert_eq!(counts, both);
    }
}
