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
mod tests {
    use super::*;
    use crate::agent::{PendingLogout, Profile};

    const SESSION: Session = Timestamp::from_epoch_ms(5_000);
    const EARLIER: Session = Timestamp::from_epoch_ms(1_000);
    const IDLE: &str = "lunch";

    fn ours() -> RequestId {
        RequestId::new("ours")
    }

    fn theirs() -> RequestId {
        RequestId::new("theirs")
    }

    fn mark(request: RequestId, session: Session) -> PendingLogout {
        PendingLogout { request, session }
    }

    fn agent(
        status: &str,
        session: Option<Session>,
        pending_logout: Option<PendingLogout>,
        last_logout: Option<RequestId>,
    ) -> Agent {
        let profile = Profile {
            name: String::new(),
            email: String::new(),
            agent_number: String::new(),
        };
        let status = AgentStatus::parse(status).unwrap();
        Agent {
            status,
            session,
            pending_logout,
            last_logout,
            profile,
        }
    }

    /// Every state there is, as (agent, pin).
    fn every_state() -> Vec<(Agent, SessionPin)> {
        let statuses = [
            AgentStatus::OFFLINE,
            AgentStatus::IN_CALL,
            AgentStatus::IN_CHAT,
            IDLE,
        ];
        let marks = [
            None,
            Some(mark(ours(), SESSION)),
            Some(mark(ours(), EARLIER)),
            Some(mark(theirs(), SESSION)),
            Some(mark(theirs(), EARLIER)),
        ];
        let pins = [
            SessionPin::Any,
            SessionPin::SeenOrBegunBy(SESSION, Timestamp::from_epoch_ms(2_000)),
            SessionPin::SeenOrBegunBy(EARLIER, Timestamp::from_epoch_ms(2_000)),
            SessionPin::SeenOrBegunBy(EARLIER, SESSION),
            SessionPin::BegunBy(Timestamp::from_epoch_ms(5_001)),
            SessionPin::BegunBy(SESSION),
            SessionPin::BegunBy(Timestamp::from_epoch_ms(4_999)),
        ];
        let mut states = Vec::new();
        for status in statuses {
            for session in [None, Some(SESSION)] {
                for mark in &marks {
                    for last in [None, Some(ours()), Some(theirs())] {
                        for pin in pins {
                            states.push((agent(status, session, mark.clone(), last.clone()), pin));
                        }
                    }
                }
            }
        }
        states
    }

    type Row = (
        &'static str,
        fn(&Agent, SessionPin) -> bool,
        fn(&Agent) -> Decision,
    );

    /// The first row whose condition holds gives the decision.
    const TABLE: [Row; 9] = [
        (
            "logged out by this request before",
            |agent, _| agent.last_logout == Some(ours()),
            |_| Decision::Settled(Outcome::LoggedOut),
        ),
        (
            "deferred by this request before, in this session",
            |agent, _| {
                agent.session == Some(SESSION)
                    && agent.pending_logout == Some(mark(ours(), SESSION))
            },
            |_| Decision::Settled(Outcome::Deferred),
        ),
        (
            "offline",
            |agent, _| agent.status.as_str() == "Offline",
            |_| Decision::Settled(Outcome::Skipped(SkipReason::Offline)),
        ),
        (
            "never had a session",
            |agent, _| agent.session.is_none(),
            |_| Decision::Settled(Outcome::Skipped(SkipReason::Offline)),
        ),
        (
            "in a session the request does not mean",
            |_, pin| {
                pin == SessionPin::SeenOrBegunBy(EARLIER, Timestamp::from_epoch_ms(2_000))
                    || pin == SessionPin::BegunBy(Timestamp::from_epoch_ms(4_999))
            },
            |_| Decision::Settled(Outcome::Skipped(SkipReason::LaterSession)),
        ),
        (
            "idle",
            |agent, _| agent.status.as_str() == IDLE,
            |agent| attempt(agent, Change::LogOut),
        ),
        (
            "busy, and another request's mark is on this session",
            |agent, _| agent.pending_logout == Some(mark(theirs(), SESSION)),
            |_| Decision::Settled(Outcome::Deferred),
        ),
        (
            "busy, and an earlier session left a mark",
            |agent, _| agent.pending_logout.is_some(),
            |agent| {
                attempt(
                    agent,
                    Change::Defer {
                        stale_mark: Some(EARLIER),
                    },
                )
            },
        ),
        (
            "busy",
            |_, _| true,
            |agent| attempt(agent, Change::Defer { stale_mark: None }),
        ),
    ];

    fn attempt(agent: &Agent, change: Change) -> Decision {
        let status = agent.status.clone();
        Decision::Attempt(Attempt {
            change,
            status,
            session: SESSION,
        })
    }

    #[test]
    fn every_state_is_decided_as_the_table_says() {
        let states = every_state();
        assert_eq!(states.len(), 840);
        let mut used = [false; TABLE.len()];
        for (agent, pin) in states {
            let row = TABLE
                .iter()
                .position(|(_, holds, _)| holds(&agent, pin))
                .unwrap();
            used[row] = true;
            let (name, _, expected) = TABLE[row];
            assert_eq!(
                decide(Some(&agent), &ours(), pin),
                expected(&agent),
                "{name}: {agent:?} {pin:?}"
            );
        }
        assert_eq!(used, [true; TABLE.len()]);
    }

    #[test]
    fn an_agent_on_a_call_or_chat_is_never_logged_out() {
        for (agent, pin) in every_state() {
            let busy = ["In-call", "In-chat"].contains(&agent.status.as_str());
            let log_out = matches!(
                decide(Some(&agent), &ours(), pin),
                Decision::Attempt(Attempt {
                    change: Change::LogOut,
                    ..
                })
            );
            assert!(!(busy && log_out), "{agent:?} {pin:?}");
        }
    }

    #[test]
    fn an_unknown_agent_is_skipped() {
        let skipped = Decision::Settled(Outcome::Skipped(SkipReason::Missing));
        assert_eq!(decide(None, &ours(), SessionPin::Any), skipped);
    }
}
