//! Every sequence of so many steps.

use domain::presence::EventKind;

use super::{AVAILABLE, LoggedOut, Op, Told, World, pending};

#[test]
fn told_by_events_nobody_is_hit_wrongly_and_nobody_forgotten() {
    let found = search(&World::new(Told::ByEvents), 9);
    found.assert_something();
}

#[test]
fn told_by_events_a_pending_logout_hits_nobody_wrongly_and_is_not_forgotten() {
    let world = World::new(Told::ByEvents).after_all(&pending(Told::ByEvents));
    assert!(world.table.pending_logout.is_some());
    let found = search(&world, 9);
    assert!(found.made_good > 0, "{found:?}");
    found.assert_something();
}

#[test]
fn told_directly_nobody_is_hit_wrongly_and_nobody_forgotten() {
    let found = search(&World::new(Told::Directly), 11);
    found.assert_something();
}

/// What a search came by, so that it is known to have looked at something.
#[derive(Debug, Default)]
struct Found {
    states: u64,
    logouts_after_a_call: u64,
    ended_marks: u64,
    /// Logouts of a session that was not known yet, whose sign-in came then.
    made_good: u64,
    quiet: u64,
}

impl Found {
    fn assert_something(&self) {
        println!("{self:?}");
        let found = [self.logouts_after_a_call, self.ended_marks, self.quiet];
        assert!(found.iter().all(|count| *count > 100), "{self:?}");
    }
}

fn search(world: &World, depth: usize) -> Found {
    let mut found = Found::default();
    visit(world, depth, &mut Vec::new(), &mut found);
    found
}

fn visit(world: &World, depth: usize, path: &mut Vec<Op>, found: &mut Found) {
    found.states += 1;
    if world.is_quiet() {
        found.quiet += 1;
        world.check_quiet(path);
    }
    if depth == 0 {
        return;
    }
    for op in world.enabled() {
        let after = world.after(op);
        path.push(op);
        after.check_step(world, op, path);
        if world.table.pending_logout.is_some() && after.table.pending_logout.is_none() {
            found.ended_marks += 1;
            found.logouts_after_a_call += u64::from(after.last_logout != world.last_logout);
        }
        let waited = |logout: LoggedOut| !logout.at_once;
        if world.logged_out.is_some_and(waited) && matches!(op, Op::Event(_)) {
            let back = world.table.status.is_offline() && !after.table.status.is_offline();
            found.made_good += u64::from(back && after.table.status.as_str() != AVAILABLE);
        }
        // A message that comes again and changes nothing leaves a state that was there before.
        let in_vain = match op {
            Op::Event(index) => after.events[index].1 > 1,
            Op::Record(index) => after.records[index].1 > 1,
            _ => false,
        };
        if !(in_vain && after.table == world.table) {
            visit(&after, depth - 1, path, found);
        }
        path.pop();
    }
}

impl World {
    /// Everything was delivered.
    fn is_quiet(&self) -> bool {
        let events = self.events.iter().map(|(_, deliveries)| deliveries);
        let records = self.records.iter().map(|(_, deliveries)| deliveries);
        events.chain(records).all(|deliveries| *deliveries > 0)
    }

    /// What must hold of every step.
    fn check_step(&self, before: &Self, op: Op, path: &[Op]) {
        let (was, is) = (&before.table, &self.table);
        let event = match op {
            Op::Event(index) => Some(&self.events[index].0),
            _ => None,
        };
        if self.last_logout != before.last_logout {
            assert!(
                is.status.is_offline(),
                "{path:?}: logged out and not offline"
            );
            let idle_now = match event.map(|event| &event.kind) {
                Some(EventKind::StatusChanged(status)) => {
                    let newest = event.map(|event| event.at) > was.status_at;
                    newest && !status.is_busy()
                }
                Some(_) => false,
                None => !was.status.is_busy() && !was.status.is_offline(),
            };
            assert!(idle_now, "{path:?}: logged out of a call or chat, or twice");
            let known_sign_ins = self.events.iter().filter(|(event, deliveries)| {
                matches!(event.kind, EventKind::SignedIn { .. }) && *deliveries > 0
            });
            let latest = known_sign_ins.map(|(event, _)| event.at).max();
            assert!(
                latest <= was.session,
                "{path:?}: logged out of an earlier session"
            );
            if op != Op::ForceLogout {
                let mark = was.pending_logout.as_ref().unwrap();
                assert_eq!(Some(mark.session), was.session, "{path:?}: an old mark hit");
                assert_eq!(Some(&mark.request), self.last_logout.as_ref(), "{path:?}");
            }
        } else if was.status.is_busy() && is.status.is_offline() {
            let by_themselves =
                op == Op::SignsOut || event.is_some_and(|event| event.kind == EventKind::SignedOut);
            assert!(by_themselves, "{path:?}: offline, out of a call or chat");
        }
        assert!(
            is.session >= was.session,
            "{path:?}: back to an earlier session"
        );
        match (&was.pending_logout, &is.pending_logout) {
            (None, Some(_)) => assert_eq!(op, Op::ForceLogout, "{path:?}: a mark from nowhere"),
            (Some(mark), Some(now)) if mark != now => {
                assert_ne!(Some(mark.session), was.session, "{path:?}: a mark replaced");
            }
            (Some(mark), None) => {
                let over = is.status.is_offline() || is.session != Some(mark.session);
                assert!(over, "{path:?}: a mark lost");
            }
            _ => {}
        }
    }

    /// What must hold once everything was delivered.
    fn check_quiet(&self, path: &[Op]) {
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
            let back = !table.status.is_offline();
            assert!(!back, "{path:?}: back without a sign-in");
        } else {
            // By a request, before their last sign-in was known; it saw the session before it.
            let too_early = |logout: LoggedOut| logout.at_once && logout.at > self.session;
            let agrees = table.status == self.status
                || table.status.is_offline() && self.logged_out.is_some_and(too_early);
            assert!(
                agrees,
                "{path:?}: {:?} is taken for {:?}",
                self.status, table.status
            );
        }
        let waiting = table.pending_logout.as_ref();
        assert!(
            waiting.is_none() || table.status.is_busy(),
            "{path:?}: a mark is left"
        );
        if self.promised.contains(&self.session) && !table.status.is_offline() {
            let waits = waiting.is_some_and(|mark| mark.session == self.session);
            assert!(waits, "{path:?}: forgotten");
        }
    }
}
