//! Visits every sequence of steps up to a depth.

use super::world::{AVAILABLE, LoggedOut, Step, World};
use super::{Start, StatusWriter};

/// What a search found, which shows that it looked at something.
#[derive(Debug, Default)]
pub struct Found {
    /// How many states were visited, repeated ones included.
    pub states: u64,
    /// Pending logouts that were carried out.
    pub logouts_after_interactions: u64,
    /// Pending logouts that were carried out or removed.
    pub ended_pending_logouts: u64,
    /// Logouts whose session turned out to be over when the next sign-in arrived, so that the agent is online again.
    pub restored_sessions: u64,
    /// States in which everything was delivered.
    pub quiet_states: u64,
}

impl Found {
    /// Fails unless there were enough states, ended pending logouts and quiet states.
    pub fn assert_at_least(&self, expected: u64) {
        println!("{self:?}");
        let found = [
            self.logouts_after_interactions,
            self.ended_pending_logouts,
            self.quiet_states,
        ];
        assert!(found.iter().all(|count| *count >= expected), "{self:?}");
    }
}

/// Searches every sequence of `depth` steps. Fails if one breaks an invariant.
#[must_use]
pub fn search(writer: StatusWriter, start: Start, depth: usize) -> Found {
    let mut found = Found::default();
    visit(&start.world(writer), depth, &mut Vec::new(), &mut found);
    found
}

fn visit(world: &World, depth: usize, path: &mut Vec<Step>, found: &mut Found) {
    found.states += 1;
    if world.is_quiet() {
        found.quiet_states += 1;
        world.check_quiet(path);
    }
    if depth == 0 {
        return;
    }
    for step in world.possible_steps() {
        let after = world.after(step);
        path.push(step);
        after.check_step(world, step, path);
        found.count(world, step, &after);
        // A repeated delivery that changes nothing leads to a state that was visited before.
        let is_repeated = match step {
            Step::DeliverEvent(index) => after.events[index].1 > 1,
            Step::DeliverRecord(index) => after.records[index].1 > 1,
            _ => false,
        };
        if !(is_repeated && after.table == world.table) {
            visit(&after, depth - 1, path, found);
        }
        path.pop();
    }
}

impl Found {
    fn count(&mut self, before: &World, step: Step, after: &World) {
        let (was, is) = (&before.table, &after.table);
        if was.pending_logout.is_some() && is.pending_logout.is_none() {
            self.ended_pending_logouts += 1;
            let is_logout = after.logouts != before.logouts;
            self.logouts_after_interactions += u64::from(is_logout);
        }
        let was_pending = |logout: LoggedOut| !logout.by_request;
        if before.logged_out.is_some_and(was_pending) && matches!(step, Step::DeliverEvent(_)) {
            let is_online_again = was.status.is_offline() && !is.status.is_offline();
            let is_restored = is_online_again && is.status.as_str() != AVAILABLE;
            self.restored_sessions += u64::from(is_restored);
        }
    }
}
