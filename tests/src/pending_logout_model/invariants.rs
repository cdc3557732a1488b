//! What must hold of every step, and of every state in which everything was delivered.

use domain::presence::{EventKind, PresenceEvent};

use super::world::{LoggedOut, Step, World};

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
        if self.last_logout != before.last_logout {
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
            Some(_) => false,
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
            latest <= was.session,
            "{path:?}: logged out of an earlier session"
        );
        if step != Step::RequestLogout {
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
            (None, Some(_)) => assert_eq!(
                step,
                Step::RequestLogout,
                "{path:?}: a pending logout without a request"
            ),
            (Some(pending), Some(now)) if pending != now => {
                assert_ne!(
                    Some(pending.session),
                    was.session,
                    "{path:?}: a pending logout was replaced in its session"
                );
            }
            (Some(pending), None) => {
                let is_over = is.status.is_offline() || is.session != Some(pending.session);
                assert!(is_over, "{path:?}: a pending logout was lost");
            }
            _ => {}
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
        if self
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
