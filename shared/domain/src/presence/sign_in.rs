//! A sign-in: it begins a session, and decides what becomes of a pending logout, and of a request that came before the sign-in
//! was known.

use super::state::{LastRequest, Presence};
use crate::agents::{AgentStatus, PendingLogout, RequestId, Session};
use crate::timestamp::Timestamp;

impl Presence {
    /// True if a sign-in of that time begins a session that is later than the known one.
    pub(super) fn is_new_sign_in(&self, at: Timestamp) -> bool {
        self.session_began().is_none_or(|began| began < at)
    }

    /// The request that covers a session which began at that time and was not known when the request came.
    pub(super) fn covering_request(&self, at: Timestamp) -> Option<LastRequest> {
        let last = self.last_request.clone()?;
        (at <= last.accepted_at).then_some(last)
    }

    /// Begins a session that no request covers. A status that is later than the sign-in stays.
    pub(super) fn sign_in(&mut self, status: &AgentStatus, at: Timestamp, now: Timestamp) {
        let carried = self.carried_logout(status);
        let session = self.begin_session(at, now);
        self.pending_logout = carried.map(|pending| PendingLogout { session, ..pending });
        self.covered_session = None;
        if let Some(buffered) = self.buffered_status.take() {
            self.set_if_later(&buffered.status, buffered.at);
        }
        self.set_if_later(status, at);
    }

    /// Begins a session that a request covers: the agent stays out, or finishes the call or chat that they were on when the
    /// request was accepted. Returns the request if it logged the agent out.
    pub(super) fn sign_in_covered(
        &mut self,
        status: &AgentStatus,
        at: Timestamp,
        now: Timestamp,
        covering: LastRequest,
    ) -> Option<RequestId> {
        let before = self.reported();
        let session = self.begin_session(at, now);
        if self.status.is_offline()
            && let Some(reported) = self.reported_status.clone()
        {
            // What was reported last, whatever a logout has made of it: it may be of this session.
            self.status = reported;
        }
        let is_later = |reported: Timestamp| reported > covering.accepted_at;
        let buffered = self.buffered_status.take();
        let (later, buffered) = match buffered {
            Some(buffered) if is_later(buffered.at) => (Some(buffered), None),
            buffered => (None, buffered),
        };
        if let Some(buffered) = buffered {
            self.set_if_later(&buffered.status, buffered.at);
        }
        self.set_if_later(status, at);
        self.buffered_status = later;
        if self.status.is_offline() {
            // They signed out since.
            self.pending_logout = None;
            self.covered_session = None;
            return None;
        }
        self.covered_session = Some(session);
        self.pending_logout = Some(PendingLogout::of_session(covering.request, session));
        let logged_out_by = self.settle_and_buffer(before);
        if logged_out_by.is_some() {
            return logged_out_by;
        }
        // On a call or chat when the request was accepted; what was reported later may be its end.
        let later = self.buffered_status.take()?;
        let before = self.reported();
        self.set_if_later(&later.status, later.at);
        self.settle_and_buffer(before)
    }

    fn begin_session(&mut self, at: Timestamp, now: Timestamp) -> Session {
        // Never in the future: requests made until then would not log the agent out.
        let session = at.min(now);
        self.session = Some(session);
        self.signed_in_at = Some(at);
        session
    }

    /// The pending logout that goes over to a new session: a page that is reloaded during a call or chat signs in again, with
    /// no sign-out in between. A sign-out after `carried_since`, the begin of the first session, takes it back if it is reported
    /// later.
    fn carried_logout(&self, status: &AgentStatus) -> Option<PendingLogout> {
        let pending = self.pending_logout.clone()?;
        let is_reload =
            status.is_busy() && self.status.is_busy() && Some(pending.session) == self.session;
        let since = pending.carried_since.or(self.session);
        is_reload.then_some(PendingLogout {
            carried_since: since,
            ..pending
        })
    }

    /// Takes a pending logout back that went over to the session of a new sign-in, if there was a sign-out in between after all.
    pub(super) fn take_back_carried_logout(&mut self, sign_out_at: Timestamp) -> bool {
        let since = self
            .pending_logout
            .as_ref()
            .and_then(|pending| pending.carried_since);
        let is_between = since.is_some_and(|since| since < sign_out_at)
            && self
                .session_began()
                .is_some_and(|began| sign_out_at < began);
        if is_between {
            self.pending_logout = None;
        }
        is_between
    }
}
