//! What must hold of every step, and of every state in which everything was delivered.

use domain::presence::{EventKind, PresenceEvent};

use domain::agents::Session;
use domain::timestamp::Timestamp;

use super::StatusWriter;
use super::world::{LoggedOut, Step, Touch, World};

impl World {
    /// True if every event and record was delivered.
    pub fn is_quiet(&self) -> bool {
        let events = self.events.iter().map(|(_, deliveries)| deliveries);
        let records = self.records.iter().map(|(_, deliveries)| deliveries);
        events.chain(records).all(|deliveries| *deliveries > 0)
    }

    /// Fails if a step from `before` to this world is wrong.
    pub fn check_step(&self, before: &Self, step: Step, path: &[Step]) {
        let event = match step {
            Step::DeliverEvent(index) => Some(&self.events[index].0),
            _ => None,
        };
        if self.logouts != before.logouts {
            self.check_logout(before, step, event, path);
        } else if before.table.status.is_busy() && self.table.status.is_offline() {
            let is_sign_out = step == Step::SignsOut
                || event.is_some_and(|event| event.kind == EventKind::SignedOut);
            assert!(is_sign_out, "{path:?}: offline during a call or chat");
        }
        assert!(
            self.table.session >= before.table.session,
            "{path:?}: back to an earlier session"
        );
        self.check_pending_logout(before, step, path);
    }

    /// A logout hits an idle agent, in their latest known session, for the request that is pending.
    fn check_logout(
        &self,
        before: &Self,
        step: Step,
        event: Option<&PresenceEvent>,
        path: &[Step],
    ) {
        let (was, is) = (&before.table, &self.table);
        assert!(is.status.is_offline(), "{path:?}: logged out and online");
        let is_idle = match event.map(|event| &event.kind) {
            Some(EventKind::StatusChanged(status)) => {
                let is_newest = event.map(|event| event.at) > was.status_at;
                is_newest && !status.is_busy()
            }
            // Reported after the request that covers the session.
            Some(EventKind::SignedIn { status, .. }) => {
                let at = event.map(|event| event.at);
                let reported = was.reported_status.as_ref();
                let has_ended = was.buffered_status.is_some()
                    || was.status_at > at && reported.is_some_and(|status| !status.is_busy());
                at <= self.accepted_at() && (!status.is_busy() || has_ended)
            }
            Some(EventKind::SignedOut) => false,
            None => !was.status.is_busy() && !was.status.is_offline(),
        };
        assert!(
            is_idle,
            "{path:?}: logged out during a call or chat, or twice"
        );
        let known_sign_ins = self.events.iter().filter(|(event, deliveries)| {
            matches!(event.kind, EventKind::SignedIn { .. }) && *deliveries > 0
        });
        let latest = known_sign_ins.map(|(event, _)| event.at).max();
        assert!(
            latest <= is.session,
            "{path:?}: logged out of an earlier session"
        );
        if step == Step::RequestLogout {
            return;
        }
        let of_request = is.last_request.as_ref().map(|last| &last.request);
        assert_eq!(of_request, self.last_logout.as_ref(), "{path:?}");
        if is.session == was.session {
            let pending = was.pending_logout.as_ref().unwrap();
            assert_eq!(
                Some(pending.session),
                was.session,
                "{path:?}: the pending logout is of another session"
            );
            assert_eq!(
                Some(&pending.request),
                self.last_logout.as_ref(),
                "{path:?}"
            );
        }
    }

    /// A pending logout comes from a request, and stays until it is carried out or its session is over.
    fn check_pending_logout(&self, before: &Self, step: Step, path: &[Step]) {
        let (was, is) = (&before.table, &self.table);
        match (&was.pending_logout, &is.pending_logout) {
            (None, Some(_)) => assert!(
                step == Step::RequestLogout || self.is_covered(is.session),
                "{path:?}: a pending logout without a request"
            ),
            (Some(pending), Some(now)) if pending != now => {
                let is_of_old_session = Some(pending.session) != was.session;
                let goes_over = now.request == pending.request && Some(now.session) == is.session;
                assert!(
                    is_of_old_session || goes_over || pending.carried_since.is_some(),
                    "{path:?}: a pending logout was replaced in its session"
                );
            }
            (Some(pending), None) => {
                let is_over = is.status.is_offline() || is.session != Some(pending.session);
                let is_taken_back = pending.carried_since.is_some()
                    && matches!(step, Step::DeliverEvent(index) if self.events[index].0.kind == EventKind::SignedOut);
                assert!(
                    is_over || is_taken_back,
                    "{path:?}: a pending logout was lost"
                );
            }
            _ => {}
        }
    }

    fn accepted_at(&self) -> Option<Timestamp> {
        Some(self.table.last_request.as_ref()?.accepted_at)
    }

    /// True if the last request that touched the agent covers a session.
    fn is_covered(&self, session: Option<Session>) -> bool {
        session.is_some() && session <= self.accepted_at()
    }

    /// The real session was reported only after a request that covers it: the agent is out, or finishes the call or chat that
    /// they were on then.
    fn check_covered(&self, touch: Touch, path: &[Step]) {
        let table = &self.table;
        let ended = |at: Option<Timestamp>| at.is_some_and(|at| at > touch.accepted_at);
        let is_still_on_it = touch.was_busy && !ended(self.interaction_ended_at);
        if is_still_on_it {
            assert_eq!(table.status, self.status, "{path:?}: cut off");
            let pending = table.pending_logout.as_ref().map(|pending| pending.session);
            assert_eq!(pending, Some(self.session), "{path:?}: not pending");
        } else if !table.status.is_offline() {
            // On a call or chat that began after the request, and was reported before the sign-in.
            let pending = table.pending_logout.as_ref().map(|pending| pending.session);
            let finishes = table.status.is_busy() && pending == Some(self.session);
            assert!(
                finishes && table.status == self.status,
                "{path:?}: back online"
            );
        }
    }

    /// Fails if the table is wrong although everything was delivered.
    pub fn check_quiet(&self, path: &[Step]) {
        let table = &self.table;
        assert_eq!(
            table.session,
            Some(self.session),
            "{path:?}: another session"
        );
        if let Some(touch) = self.last_touch
            && self.writer == StatusWriter::PresenceEvents
            && touch.known_session < self.session
            && self.session <= touch.accepted_at
        {
            self.check_covered(touch, path);
        } else if self
            .logged_out
            .is_some_and(|logout| logout.session == self.session)
        {
            let is_offline = table.status.is_offline();
            assert!(is_offline, "{path:?}: online again without a sign-in");
        } else {
            // A request before the last sign-in was known saw the session before it.
            let is_too_early = |logout: LoggedOut| logout.by_request && logout.at > self.session;
            let agrees = table.status == self.status
                || table.status.is_offline() && self.logged_out.is_some_and(is_too_early);
            assert!(
                agrees,
                "{path:?}: the agent is {:?}, the table says {:?}",
                self.status, table.status
            );
        }
        let pending = table.pending_logout.as_ref();
        assert!(
            pending.is_none() || table.status.is_busy(),
            "{path:?}: a logout of an idle agent is still pending"
        );
        if self.deferred_sessions.contains(&self.session) && !table.status.is_offline() {
            let is_pending = pending.is_some_and(|pending| pending.session == self.session);
            assert!(is_pending, "{path:?}: a deferred logout is forgotten");
        }
    }
}
