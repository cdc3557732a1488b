//! What a request does to one agent, decided from what was read and nothing else.

use crate::agent::{Agent, AgentStatus, RequestId, Session};
use crate::timestamp::Timestamp;

/// How a request left one agent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Logged out by this request.
    LoggedOut,
    /// On a call or chat; the logout waits for its end.
    Deferred,
    /// Not touched.
    Skipped(SkipReason),
}

/// Why an agent was not touched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SkipReason {
    /// No such agent.
    Missing,
    /// Not signed in, or never was.
    Offline,
    /// Signed in again after the request.
    LaterSession,
}

/// The next step for one agent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Nothing is left to do.
    Settled(Outcome),
    /// Something is to be written, if the agent still is as seen.
    Attempt(Attempt),
}

/// A write that is done only if the agent still has the status and the session that were seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// What is written.
    pub change: Change,
    /// The status that was seen.
    pub status: AgentStatus,
    /// The session that was seen.
    pub session: Session,
}

/// What an [`Attempt`] writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// The agent is `Offline`.
    LogOut,
    /// A logout is pending.
    Defer {
        /// The session of the mark that an earlier session left behind, and that is replaced.
        stale_mark: Option<Session>,
    },
}

/// Which session of an agent a request may end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SessionPin {
    /// Whichever the first read finds.
    Any,
    /// The one that the first read found, or one that began no later than the request was made: that read was too old
    /// to show it.
    SeenOrBegunBy(Session, Timestamp),
    /// Any that began no later than the request was accepted.
    BegunBy(Timestamp),
}

impl SessionPin {
    /// The pin for further reads by a request made at `at` whose first read found `session`.
    #[must_use]
    pub fn after_seeing(self, session: Session, at: Timestamp) -> Self {
        match self {
            Self::Any => Self::SeenOrBegunBy(session, at),
            pinned => pinned,
        }
    }

    fn admits(self, session: Session) -> bool {
        match self {
            Self::Any => true,
            Self::SeenOrBegunBy(seen, at) => session == seen || session <= at,
            Self::BegunBy(accepted_at) => session <= accepted_at,
        }
    }
}

/// Decides what `request` does to an agent (`None`: no such agent), in this order: settled by this very request,
/// not to be touched, to be logged out, to be deferred.
#[must_use]
pub fn decide(agent: Option<&Agent>, request: &RequestId, pin: SessionPin) -> Decision {
    let Some(agent) = agent else {
        return Decision::Settled(Outcome::Skipped(SkipReason::Missing));
    };
    if agent.last_logout.as_ref() == Some(request) {
        return Decision::Settled(Outcome::LoggedOut);
    }
    let current_mark = agent
        .pending_logout
        .as_ref()
        .filter(|mark| Some(mark.session) == agent.session);
    if current_mark.is_some_and(|mark| mark.request == *request) {
        return Decision::Settled(Outcome::Deferred);
    }
    let session = match agent.session {
        Some(session) if !agent.status.is_offline() => session,
        _ => return Decision::Settled(Outcome::Skipped(SkipReason::Offline)),
    };
    if !pin.admits(session) {
        return Decision::Settled(Outcome::Skipped(SkipReason::LaterSession));
    }
    let change = if !agent.status.is_busy() {
        Change::LogOut
    } else if current_mark.is_some() {
        // Another request's mark for the same session stays; it ends this session just as well.
        return Decision::Settled(Outcome::Deferred);
    } else {
        let stale_mark = agent.pending_logout.as_ref().map(|mark| mark.session);
        Change::Defer { stale_mark }
    };
    let status = agent.status.clone();
    Decision::Attempt(Attempt {
        change,
        status,
        session,
    })
}

#[cfg(test)]
mod tests;
