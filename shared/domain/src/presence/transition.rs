//! An agent's presence: what an event makes of it, and when a pending logout is due.
//!
//! Events may arrive twice, late and in any order, and still end in the same presence: the session is that of the latest
//! sign-in, the status that of the latest event, or `Offline` if a logout ended that session. Only events that contradict
//! each other depend on their order. A sign-in is identified by its time: another one of the same millisecond is taken for a
//! repetition. A status of an agent who had signed out, and not signed in again, counts if it arrives before the sign-out.

use std::net::IpAddr;

use super::event::{EventKind, PresenceEvent};
use crate::agents::{AgentStatus, PendingLogout, RequestId, Session};
use crate::timestamp::Timestamp;

/// An agent's session and status, as the agents table holds them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Presence {
    /// What they are doing.
    pub status: AgentStatus,
    /// When the event happened that reported it; `None` before the first event.
    pub status_at: Option<Timestamp>,
    /// The current or last session; `None` for an agent who was never online.
    pub session: Option<Session>,
    /// When the session began by the contact centre's clock; later than `session` if that clock runs ahead.
    pub signed_in_at: Option<Timestamp>,
    /// The status of an `Offline` agent in a session whose sign-in has not arrived yet.
    pub buffered_status: Option<BufferedStatus>,
    /// The pending logout, if there is one.
    pub pending_logout: Option<PendingLogout>,
}

/// A status that arrived before the sign-in of its session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BufferedStatus {
    /// The status.
    pub status: AgentStatus,
    /// When the event happened that reported it.
    pub at: Timestamp,
}

/// A change of presence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transition {
    /// The presence afterwards.
    pub to: Presence,
    /// The address that the agent signed in from, if they did.
    pub signed_in_from: Option<IpAddr>,
    /// The request that logged the agent out, if one did.
    pub logged_out_by: Option<RequestId>,
}

/// What `event` makes of an agent's presence; `None` if it changes nothing, because it is known or too old.
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
    let reported = to.status.clone();
    let logged_out_by = to.settle_pending_logout();
    if logged_out_by.is_some() {
        // A sign-in between the request and this event may not have arrived yet. Then this status belongs to the session
        // that it begins, and is restored when it arrives.
        to.status_at = seen.status_at;
        to.buffered_status.get_or_insert(BufferedStatus {
            status: reported,
            at: event.at,
        });
    }
    changed.then_some(Transition {
        to,
        signed_in_from,
        logged_out_by,
    })
}

/// What a pending logout needs now: the logout, or its removal because its session is over. `None`: nothing, or nothing
/// yet.
#[must_use]
pub fn pending_logout_transition(seen: &Presence) -> Option<Transition> {
    let mut to = seen.clone();
    let logged_out_by = to.settle_pending_logout();
    (to != *seen).then_some(Transition {
        to,
        signed_in_from: None,
        logged_out_by,
    })
}

impl Presence {
    /// Begins a session, unless it or a later one is known. A status that is later than the sign-in stays.
    fn sign_in(&mut self, status: &AgentStatus, at: Timestamp, now: Timestamp) -> bool {
        if self.session_began().is_some_and(|began| at <= began) {
            return false;
        }
        // Never in the future: requests made until then would not log the agent out.
        self.session = Some(at.min(now));
        self.signed_in_at = Some(at);
        self.pending_logout = None;
        if let Some(buffered) = self.buffered_status.take() {
            self.set_if_later(&buffered.status, buffered.at);
        }
        self.set_if_later(status, at);
        true
    }

    /// Changes the status, unless the known one is as late. No agent comes online by it: an agent who was logged out stays
    /// so, and for an agent whose sign-in has not arrived yet the status is buffered.
    fn change_status(&mut self, status: &AgentStatus, at: Timestamp) -> bool {
        let earlier_session = self.session_began().is_some_and(|began| at < began);
        if earlier_session || !self.is_before(status, at) {
            return false;
        }
        let buffered_is_before =
            |buffered: &BufferedStatus| order(buffered.at, &buffered.status) < order(at, status);
        let online = self.session.is_some() && !self.status.is_offline();
        if online || status.is_offline() {
            self.set_if_later(status, at);
            self.buffered_status = self
                .buffered_status
                .take()
                .filter(|buffered| !buffered_is_before(buffered));
            true
        } else if self.buffered_status.as_ref().is_none_or(buffered_is_before) {
            self.buffered_status = Some(BufferedStatus {
                status: status.clone(),
                at,
            });
            true
        } else {
            false
        }
    }

    /// Removes a pending logout whose session has ended, and logs the agent out if the call or chat has ended. Returns the
    /// request that logged the agent out.
    fn settle_pending_logout(&mut self) -> Option<RequestId> {
        let pending = self.pending_logout.take()?;
        if Some(pending.session) != self.session || self.status.is_offline() {
            return None;
        }
        if self.status.is_busy() {
            self.pending_logout = Some(pending);
            return None;
        }
        self.status = AgentStatus::offline();
        Some(pending.request)
    }

    /// When the session began, by the contact centre's clock.
    fn session_began(&self) -> Option<Timestamp> {
        self.signed_in_at.max(self.session)
    }

    fn is_before(&self, status: &AgentStatus, at: Timestamp) -> bool {
        self.status_at
            .is_none_or(|known| order(known, &self.status) < order(at, status))
    }

    fn set_if_later(&mut self, status: &AgentStatus, at: Timestamp) {
        if self.is_before(status, at) {
            self.status = status.clone();
            self.status_at = Some(at);
        }
    }
}

/// Orders statuses by time. Within a millisecond a call or chat comes after other statuses, so that no agent is logged out
/// during one, and the end of the session comes last. The text decides the rest, so that the order of arrival never does.
fn order(at: Timestamp, status: &AgentStatus) -> (Timestamp, bool, bool, &str) {
    (at, status.is_offline(), status.is_busy(), status.as_str())
}

#[cfg(test)]
mod tests;
