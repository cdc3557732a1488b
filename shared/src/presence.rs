//! An agent's presence: what an event makes of it, and when a pending logout is due.
//!
//! Events come twice, late and in any order, and still end in the same presence: the session is that of the latest
//! sign-in, the status that of the latest event, or `Offline` if a logout ended that session. Only events that contradict
//! each other depend on their order. A sign-in is known by its time: another one of that millisecond is taken for the same
//! that came again. A status of somebody who had signed out, and not in again, counts if it arrives before the sign-out.

use std::net::IpAddr;

use crate::agent::{AgentStatus, PendingLogout, RequestId, Session};
use crate::presence_event::{EventKind, PresenceEvent};
use crate::timestamp::Timestamp;

/// What the agents table says of an agent's session and status.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Presence {
    /// What they are doing.
    pub status: AgentStatus,
    /// When the event happened that told so; `None` before the first event.
    pub status_at: Option<Timestamp>,
    /// The current or last session; `None` for an agent who was never online.
    pub session: Option<Session>,
    /// When the session began by the contact centre's clock; later than `session` if that runs ahead.
    pub signed_in_at: Option<Timestamp>,
    /// A status of an agent who is `Offline`: of a session whose sign-in may still be on its way, and which it waits for.
    pub early_status: Option<EarlyStatus>,
    /// The logout that waits for them.
    pub pending_logout: Option<PendingLogout>,
}

/// A status of a session that may not be known yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EarlyStatus {
    /// The status.
    pub status: AgentStatus,
    /// When the event happened that told it.
    pub at: Timestamp,
}

/// A change of presence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transition {
    /// What it is afterwards.
    pub to: Presence,
    /// Where the agent signed in from, if they did.
    pub signed_in_from: Option<IpAddr>,
    /// The request that logged the agent out, if one did.
    pub logged_out_by: Option<RequestId>,
}

/// What `event` makes of an agent's presence; `None` if nothing, because it is known or too old.
#[must_use]
pub fn apply(seen: &Presence, event: &PresenceEvent, now: Timestamp) -> Option<Transition> {
    let mut to = seen.clone();
    let mut signed_in_from = None;
    let changed = match &event.kind {
        EventKind::SignedIn { address, status } => {
            signed_in_from = Some(*address);
            to.sign_in(status, event.at, now)
        }
        EventKind::StatusChanged(status) => to.change_status(status, event.at),
        EventKind::SignedOut => to.change_status(&AgentStatus::offline(), event.at),
    };
    let told = to.status.clone();
    let logged_out_by = to.settle_pending_logout();
    if logged_out_by.is_some() {
        // A sign-in between the request and this event may still be on its way. Then the agent was wrongly taken for the
        // one of the session before, and comes back as they are when it arrives.
        to.status_at = seen.status_at;
        to.early_status.get_or_insert(EarlyStatus {
            status: told,
            at: event.at,
        });
    }
    changed.then_some(Transition {
        to,
        signed_in_from,
        logged_out_by,
    })
}

/// What is due of a pending logout: the logout, or the end of a mark whose session is over. `None`: nothing, or nothing
/// yet.
#[must_use]
pub fn finish_pending_logout(seen: &Presence) -> Option<Transition> {
    let mut to = seen.clone();
    let logged_out_by = to.settle_pending_logout();
    (to != *seen).then_some(Transition {
        to,
        signed_in_from: None,
        logged_out_by,
    })
}

impl Presence {
    /// A session begins, unless it or a later one is known. A status that is later than the sign-in stays.
    fn sign_in(&mut self, status: &AgentStatus, at: Timestamp, now: Timestamp) -> bool {
        if self.session_began().is_some_and(|began| at <= began) {
            return false;
        }
        // Never in the future, where it would hide the agent from requests made until then.
        self.session = Some(at.min(now));
        self.signed_in_at = Some(at);
        self.pending_logout = None;
        if let Some(early) = self.early_status.take() {
            self.take_over(&early.status, early.at);
        }
        self.take_over(status, at);
        true
    }

    /// Another status, unless the one there is is as late. Nobody comes online by it: an agent who was logged out stays
    /// so, and one whose sign-in is still on its way has to wait for it.
    fn change_status(&mut self, status: &AgentStatus, at: Timestamp) -> bool {
        let earlier_session = self.session_began().is_some_and(|began| at < began);
        if earlier_session || !self.is_before(status, at) {
            return false;
        }
        let early_is_before =
            |early: &EarlyStatus| order(early.at, &early.status) < order(at, status);
        let online = self.session.is_some() && !self.status.is_offline();
        if online || status.is_offline() {
            self.take_over(status, at);
            self.early_status = self
                .early_status
                .take()
                .filter(|early| !early_is_before(early));
            true
        } else if self.early_status.as_ref().is_none_or(early_is_before) {
            self.early_status = Some(EarlyStatus {
                status: status.clone(),
                at,
            });
            true
        } else {
            false
        }
    }

    /// A pending logout whose session has ended is none any more; one whose call or chat has ended is due. Answers the
    /// request by which the agent is logged out.
    fn settle_pending_logout(&mut self) -> Option<RequestId> {
        let mark = self.pending_logout.take()?;
        if Some(mark.session) != self.session || self.status.is_offline() {
            return None;
        }
        if self.status.is_busy() {
            self.pending_logout = Some(mark);
            return None;
        }
        self.status = AgentStatus::offline();
        Some(mark.request)
    }

    /// By the contact centre's clock.
    fn session_began(&self) -> Option<Timestamp> {
        self.signed_in_at.max(self.session)
    }

    fn is_before(&self, status: &AgentStatus, at: Timestamp) -> bool {
        self.status_at
            .is_none_or(|known| order(known, &self.status) < order(at, status))
    }

    fn take_over(&mut self, status: &AgentStatus, at: Timestamp) {
        if self.is_before(status, at) {
            self.status = status.clone();
            self.status_at = Some(at);
        }
    }
}

/// Which of two statuses is the later one. Within a millisecond a call or chat comes after anything else, so that nobody
/// is logged out of one, and the end of the session after all; the text decides the rest, so that it is the same whichever
/// arrives first.
fn order(at: Timestamp, status: &AgentStatus) -> (Timestamp, bool, bool, &str) {
    (at, status.is_offline(), status.is_busy(), status.as_str())
}

#[cfg(test)]
mod tests;
