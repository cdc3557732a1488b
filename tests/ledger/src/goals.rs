//! What costs should be at most, and whether they are.

use crate::case::EVENTS;
use crate::{Case, Cost, Entry, Event, Selector};

/// A figure beside what is wanted of it.
#[derive(Clone, Copy, Debug)]
pub struct Goal {
    /// What it is.
    pub what: &'static str,
    /// What is wanted.
    pub wanted: Wanted,
    /// What was counted or measured.
    pub found: f64,
}

/// A bound of a figure.
#[derive(Clone, Copy, Debug)]
pub enum Wanted {
    /// No larger than this.
    AtMost(f64),
    /// No smaller than this.
    AtLeast(f64),
}

impl Goal {
    /// A figure that should be no larger.
    #[must_use]
    pub fn at_most((what, bound, found): (&'static str, f64, f64)) -> Self {
        let wanted = Wanted::AtMost(bound);
        Self {
            what,
            wanted,
            found,
        }
    }

    /// A figure that should be no smaller.
    #[must_use]
    pub fn at_least((what, bound, found): (&'static str, f64, f64)) -> Self {
        let wanted = Wanted::AtLeast(bound);
        Self {
            what,
            wanted,
            found,
        }
    }

    /// What could not be measured is not a number, and meets no goal.
    #[must_use]
    pub fn is_met(&self) -> bool {
        match self.wanted {
            Wanted::AtMost(bound) => self.found <= bound,
            Wanted::AtLeast(bound) => self.found >= bound,
        }
    }
}

/// The largest of some figures; of none, not a number.
pub fn largest(figures: impl Iterator<Item = f64>) -> f64 {
    figures.reduce(f64::max).unwrap_or(f64::NAN)
}

/// The smallest of some figures; of none, not a number.
pub fn smallest(figures: impl Iterator<Item = f64>) -> f64 {
    figures.reduce(f64::min).unwrap_or(f64::NAN)
}

/// What the ledger should hold.
#[must_use]
pub fn of_ledger(entries: &[Entry]) -> Vec<Goal> {
    let goals = [
        costs_of_requests(entries),
        costs_of_events(entries),
        round_trips(entries),
    ];
    goals.concat()
}

fn costs_of_requests(entries: &[Entry]) -> Vec<Goal> {
    let log_outs = |job: bool| {
        entries.iter().filter_map(move |entry| match entry.case {
            Case::LogOut { agents, .. } if entry.work.is_some() == job => {
                Some((f64::from(agents), entry.whole()))
            }
            _ => None,
        })
    };
    let beyond = log_outs(false).map(|(agents, cost)| (cost.table_writes - agents).abs());
    let all = log_outs(false).chain(log_outs(true));
    let index_writes = largest(all.map(|(_, cost)| cost.index_writes));
    let per_agent = |figure: fn(&Cost) -> f64| {
        largest(log_outs(true).map(|(agents, cost)| figure(&cost) / agents))
    };
    let writes = per_agent(|cost| cost.table_writes);
    let reads = per_agent(|cost| cost.reads);
    let calls = 100.0 * per_agent(Cost::call_count);
    let goals = [
        (
            "write units beyond one an agent, answered at once",
            0.0,
            largest(beyond),
        ),
        ("index write units of logging out", 0.0, index_writes),
        ("write units of a job per agent", 1.03, writes),
        ("read units of a job per agent", 0.52, reads),
        ("calls of a job per 100 agents", 8.0, calls),
    ];
    goals.map(Goal::at_most).to_vec()
}

fn costs_of_events(entries: &[Entry]) -> Vec<Goal> {
    let per_event = |case, figure: fn(&Cost) -> f64| {
        let entry = entries.iter().find(|entry| entry.case == case);
        entry.map_or(f64::NAN, |entry| figure(&entry.answer) / f64::from(EVENTS))
    };
    let table_writes = |case| per_event(case, |cost| cost.table_writes);
    let index_writes = |event| per_event(Case::Events(event), |cost| cost.index_writes);
    // One more to defer it.
    let by_write = 1.0 + table_writes(Case::CallsEndByWrite(EVENTS));
    let by_event = 1.0 + table_writes(Case::CallsEndByEvent(EVENTS));
    let elsewhere = Event::SignedInElsewhere;
    let goals = [
        (
            "write units of a busy agent's logout, call ended by a plain write",
            2.0,
            by_write,
        ),
        (
            "the same, by an event, whose own write is one of them",
            3.0,
            by_event,
        ),
        (
            "write units of a presence event",
            1.0,
            table_writes(Case::Events(elsewhere)),
        ),
        (
            "index write units of a sign-in from another address",
            2.0,
            index_writes(elsewhere),
        ),
        (
            "index write units of a change of status",
            0.0,
            index_writes(Event::StatusChanged),
        ),
    ];
    goals.map(Goal::at_most).to_vec()
}

fn round_trips(entries: &[Entry]) -> Vec<Goal> {
    use Selector::{Address, Id, Team};
    let deepest = |is_meant: fn(&Case) -> bool, job: bool| {
        let is_meant = |entry: &&Entry| is_meant(&entry.case) && entry.work.is_some() == job;
        let depth = |entry: &Entry| entry.answer.round_trips.map_or(f64::NAN, |it| it as f64);
        largest(entries.iter().filter(is_meant).map(depth))
    };
    let by_id = |case: &Case| matches!(case, Case::LogOut { by: Id, .. });
    let by_look_up = |case: &Case| {
        matches!(
            case,
            Case::LogOut {
                by: Team | Address,
                ..
            }
        )
    };
    let first = deepest(|case| *case == Case::FirstLogOut, false);
    let at_once = deepest(by_id, false);
    let looked_up = deepest(|case| matches!(case, Case::LookUpJob { .. }), false);
    let goals = [
        (
            "calls in a row: authentication, token not remembered",
            1.0,
            first - at_once,
        ),
        ("answered at once, by id", 2.0, at_once),
        (
            "answered at once, by team or address",
            3.0,
            deepest(by_look_up, false),
        ),
        ("a job accepted, by id", 3.0, deepest(by_id, true)),
        (
            "a job accepted, by team or address",
            4.0,
            deepest(by_look_up, true),
        ),
        ("a job looked up", 1.0, looked_up),
    ];
    goals.map(Goal::at_most).to_vec()
}
