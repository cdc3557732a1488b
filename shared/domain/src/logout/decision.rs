//! What a request does to one agent, decided from what was read and nothing else.

use crate::agents::{Agent, AgentStatus, RequestId, Session};
use crate::timestamp::Timestamp;

/// How a request left one agent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Logged out by this request.
    LoggedOut,
    /// On a call or chat; the logout is pending until it ends.
    Deferred,
    /// Not touched.
    Skipped(SkipReason),
}

/// Why an agent was not touched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SkipReason {
    /// No such agent.
    NotFound,
    /// Not signed in, or never was.
    Offline,
    /// Their session began after the request.
    NewerSession,
}

/// The next step for one agent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Nothing is left to do.
    Settled(Outcome),
    /// A write is needed. It applies only if the agent is still as seen.
    Write(LogoutWrite),
}

/// A conditional write: it applies only if the agent still has the status and the session that were seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogoutWrite {
    /// What is written.
    pub change: LogoutChange,
    /// The status that was seen.
    pub seen_status: AgentStatus,
    /// The session that was seen.
    pub seen_session: Session,
}

/// What a [`LogoutWrite`] writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogoutChange {
    /// The agent is `Offline`.
    LogOut,
    /// A logout is pending.
    Defer {
        /// The session of the pending logout that is replaced: one that an earlier session left behind, or that went over to
        /// this session.
        stale_session: Option<Session>,
    },
}

/// Which session of an agent a request may end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TargetSession {
    /// The session that the first read finds.
    FirstSeen,
    /// The session that the first read found, or one that began no later than the request was made: an eventually consistent
    /// read may not have shown it yet.
    SeenOrStartedBy(Session, Timestamp),
    /// Any session that began no later than the request was accepted.
    StartedBy(Timestamp),
}

impl TargetSession {
    /// The target for further reads of a request made at `at` whose first read found `session`.
    #[must_use]
    pub fn after_seeing(self, session: Session, at: Timestamp) -> Self {
        match self {
            Self::FirstSeen => Self::SeenOrStartedBy(session, at),
            target => target,
        }
    }

    fn includes(self, session: Session) -> bool {
        match self {
            Self::FirstSeen => true,
            Self::SeenOrStartedBy(seen, at) => session == seen || session <= at,
            Self::StartedBy(accepted_at) => session <= accepted_at,
        }
    }
}

/// Decides what `request` does to an agent (`None`: no such agent). The first that applies: already settled by this very
/// request, not to be touched, to be logged out, to be deferred.
#[must_use]
pub fn decide(agent: Option<&Agent>, request: &RequestId, target: TargetSession) -> Decision {
    let Some(agent) = agent else {
        return Decision::Settled(Outcome::Skipped(SkipReason::NotFound));
    };
    if agent.last_logout.as_ref() == Some(request) {
        return Decision::Settled(Outcome::LoggedOut);
    }
    let current = agent
        .pending_logout
        .as_ref()
        .filter(|pending| Some(pending.session) == agent.session);
    if current.is_some_and(|pending| pending.request == *request) {
        return Decision::Settled(Outcome::Deferred);
    }
    let session = match agent.session {
        Some(session) if !agent.status.is_offline() => session,
        _ => return Decision::Settled(Outcome::Skipped(SkipReason::Offline)),
    };
    if !target.includes(session) {
        return Decision::Settled(Outcome::Skipped(SkipReason::NewerSession));
    }
    let change = if !agent.status.is_busy() {
        LogoutChange::LogOut
    } else if current.is_some_and(|pending| pending.carried_since.is_none()) {
        // Another request's pending logout for the same session stays; it ends this session just as well. One that went over to
        // this session may be taken back, so it is replaced.
        return Decision::Settled(Outcome::Deferred);
    } else {
        let stale_session = agent.pending_logout.as_ref().map(|pending| pending.session);
        LogoutChange::Defer { stale_session }
    };
    Decision::Write(LogoutWrite {
        change,
        seen_status: agent.status.clone(),
        seen_session: session,
    })
}

#[cfg(test)]
mod tests;
