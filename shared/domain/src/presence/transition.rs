//! An agent's presence: what an event makes of it, and when a pending logout is due.
//!
//! Events may arrive twice, late and in any order, and still end in the same presence: the session is that of the latest
//! sign-in, the status that of the latest event, or `Offline` if a logout ended that session. Only events that contradict
//! each other depend on their order. A sign-in is identified by its time: another one of the same millisecond is taken for a
//! repetition. A status of an agent who had signed out, and not signed in again, counts if it arrives before the sign-out.
//!
//! A sign-in may be reported only after a request that was accepted later than the session began. The request means that session
//! too, so it covers it: the agent stays out, or their logout is pending in that session.

use super::event::{EventKind, PresenceEvent};
use super::state::Presence;
use crate::agents::{AgentStatus, RequestId, SignInAddress};
use crate::timestamp::Timestamp;

/// A change of presence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transition {
    /// The presence afterwards.
    pub to: Presence,
    /// The address that the agent signed in from, if they did.
    pub signed_in_from: Option<SignInAddress>,
    /// The request that logged the agent out, if one did.
    pub logged_out_by: Option<RequestId>,
}

/// What `event` makes of an agent's presence; `None` if it changes nothing, because it is known or too old.
#[must_use]
pub fn apply(seen: &Presence, event: &PresenceEvent, now: Timestamp) -> Option<Transition> {
    let mut to = seen.clone();
    let (logged_out_by, signed_in_from) = match &event.kind {
        EventKind::SignedIn { address, status } => {
            if !to.is_new_sign_in(event.at) {
                return None;
            }
            let logged_out_by = if let Some(covering) = to.covering_request(event.at) {
                to.sign_in_covered(status, event.at, now, covering)
            } else {
                to.sign_in(status, event.at, now);
                to.settle_pending_logout()
            };
            (logged_out_by, Some(*address))
        }
        EventKind::StatusChanged(status) => {
            if !to.change_status(status, event.at) {
                return None;
            }
            (to.settle_and_buffer(seen.reported()), None)
        }
        EventKind::SignedOut => {
            let is_changed = to.take_back_carried_logout(event.at)
                || to.change_status(&AgentStatus::offline(), event.at);
            if !is_changed {
                return None;
            }
            (to.settle_pending_logout(), None)
        }
    };
    Some(Transition {
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

#[cfg(test)]
mod tests;
