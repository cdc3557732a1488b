//! An agent's session and status, and what earlier requests left on them.

use crate::agents::{AgentStatus, PendingLogout, RequestId, Session};
use crate::timestamp::Timestamp;

/// An agent's session and status, as the agents table holds them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Presence {
    /// What they are doing.
    pub status: AgentStatus,
    /// The status that was reported last, by an event or a roster: another one than `status` for an agent who was logged out.
    /// `None` for an agent of an earlier version.
    pub reported_status: Option<AgentStatus>,
    /// When the event happened that reported it; `None` before the first event.
    pub status_at: Option<Timestamp>,
    /// The current or last session; `None` for an agent who was never online.
    pub session: Option<Session>,
    /// When the session began by the contact centre's clock; later than `session` if that clock runs ahead.
    pub signed_in_at: Option<Timestamp>,
    /// The latest status reported of an `Offline` agent: of a session whose sign-in has not arrived yet, or of the session that
    /// a logout ended.
    pub buffered_status: Option<BufferedStatus>,
    /// The pending logout, if there is one.
    pub pending_logout: Option<PendingLogout>,
    /// The request that last logged the agent out or deferred their logout.
    pub last_request: Option<LastRequest>,
    /// The session that `last_request` ended although its sign-in was reported only after the request.
    pub covered_session: Option<Session>,
}

/// The status that was reported last, and when.
#[derive(Clone, Debug)]
pub(super) struct Reported {
    status: Option<AgentStatus>,
    at: Option<Timestamp>,
}

/// A status that was reported while the agent was `Offline`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BufferedStatus {
    /// The status.
    pub status: AgentStatus,
    /// When the event happened that reported it.
    pub at: Timestamp,
}

/// The request that last touched an agent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LastRequest {
    /// Its name.
    pub request: RequestId,
    /// When it was accepted. It covers every session that began no later.
    pub accepted_at: Timestamp,
}

impl Presence {
    /// The status that was reported last.
    pub(super) fn reported(&self) -> Reported {
        Reported {
            status: self.reported_status.clone(),
            at: self.status_at,
        }
    }

    /// When the session began, by the contact centre's clock.
    pub(super) fn session_began(&self) -> Option<Timestamp> {
        self.signed_in_at.max(self.session)
    }

    /// True if the known status is older than this one.
    pub(super) fn is_before(&self, status: &AgentStatus, at: Timestamp) -> bool {
        self.status_at
            .is_none_or(|known| order(known, &self.status) < order(at, status))
    }

    /// Makes this the status, unless the known one is as late.
    pub(super) fn set_if_later(&mut self, status: &AgentStatus, at: Timestamp) {
        if self.is_before(status, at) {
            self.report(status, at);
        }
    }

    /// Makes this the status.
    pub(super) fn report(&mut self, status: &AgentStatus, at: Timestamp) {
        self.status = status.clone();
        self.reported_status = Some(status.clone());
        self.status_at = Some(at);
    }

    /// Removes a pending logout whose session has ended, and logs the agent out if the call or chat has ended. Returns the
    /// request that logged the agent out.
    pub(super) fn settle_pending_logout(&mut self) -> Option<RequestId> {
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

    /// The same. The status that the logout replaced is buffered, and its time forgotten in favour of the one `before`: a sign-in
    /// between the request and that status may not have arrived yet. Then the status belongs to the session that it begins, and
    /// is restored when it arrives.
    pub(super) fn settle_and_buffer(&mut self, before: Reported) -> Option<RequestId> {
        let replaced = self.status_at.map(|at| BufferedStatus {
            status: self.status.clone(),
            at,
        });
        let logged_out_by = self.settle_pending_logout()?;
        self.reported_status = before.status;
        self.status_at = before.at;
        self.buffered_status = self.buffered_status.take().or(replaced);
        Some(logged_out_by)
    }
}

impl BufferedStatus {
    /// True if this status is older than another.
    pub(super) fn is_before(&self, status: &AgentStatus, at: Timestamp) -> bool {
        order(self.at, &self.status) < order(at, status)
    }
}

/// Orders statuses by time. Within a millisecond a call or chat comes after other statuses, so that no agent is logged out
/// during one, and the end of the session comes last. The text decides the rest, so that the order of arrival never does.
fn order(at: Timestamp, status: &AgentStatus) -> (Timestamp, bool, bool, &str) {
    (at, status.is_offline(), status.is_busy(), status.as_str())
}
