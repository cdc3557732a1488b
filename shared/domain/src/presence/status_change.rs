//! A change of status: of an agent who is online, or of one who is `Offline` and whose sign-in may be on its way.

use super::state::{BufferedStatus, Presence};
use crate::agents::{AgentStatus, PendingLogout};
use crate::timestamp::Timestamp;

impl Presence {
    /// Changes the status, unless the known one is as late. No agent comes online by it: an agent who was logged out stays
    /// so, and for an agent whose sign-in has not arrived yet the status is buffered. The exception is a session that a request
    /// ended unseen: if it was on a call or chat when the request was accepted, it finishes that first.
    pub(super) fn change_status(&mut self, status: &AgentStatus, at: Timestamp) -> bool {
        let earlier_session = self.session_began().is_some_and(|began| at < began);
        if earlier_session || !self.is_before(status, at) {
            return false;
        }
        let later = self
            .buffered_status
            .take()
            .filter(|buffered| !buffered.is_before(status, at));
        let online = self.session.is_some() && !self.status.is_offline();
        if online || status.is_offline() {
            self.set_if_later(status, at);
            self.buffered_status = later;
            if status.is_offline() {
                self.covered_session = None;
            }
            return true;
        }
        if later.is_some() {
            self.buffered_status = later;
            return false;
        }
        self.buffered_status = Some(BufferedStatus {
            status: status.clone(),
            at,
        });
        self.resume_interaction();
        true
    }

    /// Puts the agent on the call or chat again that a covered session was on when the request was accepted; the logout is
    /// pending until it ends.
    fn resume_interaction(&mut self) {
        let (Some(last), Some(session)) = (self.last_request.clone(), self.covered_session) else {
            return;
        };
        let is_interaction = |buffered: &mut BufferedStatus| {
            buffered.status.is_busy() && buffered.at <= last.accepted_at
        };
        if self.session != Some(session) {
            return;
        }
        if let Some(interaction) = self.buffered_status.take_if(is_interaction) {
            self.report(&interaction.status, interaction.at);
            self.pending_logout = Some(PendingLogout::of_session(last.request, session));
        }
    }
}
