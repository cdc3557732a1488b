//! The ledger in the document, and its goals.

use super::{Case, Cost, Entry};
use crate::document::{Document, Table};
use crate::goal::{Goal, goals, largest};

/// Adds the sections on costs and on round trips.
pub fn write(document: &mut Document, entries: &[Entry]) {
    document.heading("What it costs");
    document.paragraph(
        "Calls to DynamoDB and SQS, and the capacity that DynamoDB says it charged (`ReturnConsumedCapacity=INDEXES`), counted at \
         the SDK's HTTP layer. A test holds every figure, exactly: [`tests/bench/ledger.jsonl`](../tests/bench/ledger.jsonl). \
         Callers' tokens are remembered unless it says otherwise. A request of more than 100 agents is a job; its costs are those \
         of the answer and of the work after it. By id, a request names at most 10,000. What SQS is called for to receive and \
         delete messages is Lambda's, a call each per ten messages, and not in it.",
    );
    document.table(costs(entries));
    document.table(goals(&cost_goals(entries)));
    document.paragraph(
        "Taken out, as counting showed it to be waste: a chunk's ids were in an item that was written for every hundred agents, \
         and read before them. They travel in the chunk's message instead, and what a repeated plan needs of them is written \
         ten thousand to an item. Of a job of 1,000 idle agents by team, before (recorded on 2026-11-22) and counted now; a \
         chunk's calls in a row went from four to three:",
    );
    document.table(taken_out(entries));
    document.heading("Round trips in a row");
    document.paragraph(
        "From the recorded start and end of every call: the longest chain of calls of which each waited for the one before, until \
         the caller has an answer.",
    );
    document.table(goals(&depth_goals(entries)));
}

/// What the counts should be.
#[must_use]
pub fn all_goals(entries: &[Entry]) -> Vec<Goal> {
    [cost_goals(entries), depth_goals(entries)].concat()
}

fn costs(entries: &[Entry]) -> Table {
    let mut table = Table::new([
        "",
        "calls",
        "table write units",
        "index write units",
        "read units",
        "calls by operation",
    ]);
    for entry in entries {
        let cost = entry.whole();
        table.row([
            entry.case.to_string(),
            cost.call_count().to_string(),
            cost.table_writes.to_string(),
            cost.index_writes.to_string(),
            cost.reads.to_string(),
            by_operation(&cost),
        ]);
    }
    table
}

/// A job of 1,000 idle agents by team, before and after.
fn taken_out(entries: &[Entry]) -> Table {
    let (by, agents, busy) = (super::Selector::Team, 1_000, 0);
    let case = Case::LogOut { by, agents, busy };
    let mut table = Table::new(["", "calls", "table write units", "read units"]);
    table.row(["before", "80", "1024", "519"].map(str::to_owned));
    if let Some(entry) = entries.iter().find(|entry| entry.case == case) {
        let cost = entry.whole();
        let counts = [cost.call_count().to_string(), cost.table_writes.to_string()];
        table.row(
            ["now".to_owned()]
                .into_iter()
                .chain(counts)
                .chain([cost.reads.to_string()]),
        );
    }
    table
}

fn by_operation(cost: &Cost) -> String {
    let counts = cost.calls.iter();
    let counts = counts.map(|(operation, count)| format!("{count} {operation}"));
    counts.collect::<Vec<_>>().join(", ")
}

/// The cases that log somebody out, with how many that are.
fn log_outs(entries: &[Entry]) -> impl Iterator<Item = (f64, &Entry)> {
    entries.iter().filter_map(|entry| match entry.case {
        Case::LogOut { agents, .. } => Some((f64::from(agents), entry)),
        _ => None,
    })
}

fn jobs(entries: &[Entry]) -> impl Iterator<Item = (f64, &Entry)> {
    log_outs(entries).filter(|(_, entry)| entry.work.is_some())
}

fn cost_goals(entries: &[Entry]) -> Vec<Goal> {
    let immediate = log_outs(entries).filter(|(_, entry)| entry.work.is_none());
    let off = |(agents, entry): (f64, &Entry)| (entry.answer.table_writes - agents).abs();
    let index = |(_, entry): (f64, &Entry)| entry.whole().index_writes;
    let overhead = |(agents, entry): (f64, &Entry)| entry.whole().table_writes / agents - 1.0;
    let reads = |(agents, entry): (f64, &Entry)| entry.whole().reads / agents;
    #[expect(clippy::cast_precision_loss, reason = "a few thousand calls")]
    let calls = |(agents, entry): (f64, &Entry)| 100.0 * entry.whole().call_count() as f64 / agents;
    let per_end = |case| {
        let entry = entries.iter().find(|entry| entry.case == case);
        entry.map_or(f64::NAN, |entry| entry.answer.table_writes / 10.0)
    };
    vec![
        Goal::at_most(
            "write units beyond one an agent, immediate answers",
            0.0,
            largest(immediate.map(off)),
        ),
        Goal::at_most(
            "index write units",
            0.0,
            largest(log_outs(entries).map(index)),
        ),
        Goal::at_most(
            "write units of a job beyond one an agent, per agent",
            0.03,
            largest(jobs(entries).map(overhead)),
        ),
        Goal::at_most(
            "read units of a job per agent (less than a hundred agents pay a query's rounding besides)",
            0.52,
            largest(jobs(entries).map(reads)),
        ),
        Goal::at_most(
            "calls of a job per 100 agents",
            8.0,
            largest(jobs(entries).map(calls)),
        ),
        Goal::at_most(
            "write units of a busy agent's logout: the mark, and its end by a plain write",
            2.0,
            1.0 + per_end(Case::CallsEndByWrite(10)),
        ),
        Goal::at_most(
            "the same, with the end told by an event, whose own write is one of them",
            3.0,
            1.0 + per_end(Case::CallsEndByEvent(10)),
        ),
    ]
}

/// The goals are those of the design.
fn depth_goals(entries: &[Entry]) -> Vec<Goal> {
    use super::Selector::{Address, Id, Team};
    #[expect(clippy::cast_precision_loss, reason = "a handful")]
    let deepest = |wanted: &dyn Fn(&Entry) -> bool| {
        let wanted = entries.iter().filter(|entry| wanted(entry));
        largest(wanted.map(|entry| {
            entry
                .answer
                .round_trips
                .map_or(f64::NAN, |depth| depth as f64)
        }))
    };
    let by = |selectors: &'static [super::Selector], job: bool| {
        move |entry: &Entry| match entry.case {
            Case::LogOut { by, .. } => selectors.contains(&by) && entry.work.is_some() == job,
            _ => false,
        }
    };
    let first = deepest(&|entry| entry.case == Case::FirstLogOut);
    let immediate = deepest(&by(&[Id], false));
    vec![
        Goal::at_most(
            "authentication, token not remembered",
            1.0,
            first - immediate,
        ),
        Goal::at_most("immediate, by id", 2.0, immediate),
        Goal::at_most(
            "immediate, by team or address",
            3.0,
            deepest(&by(&[Team, Address], false)),
        ),
        Goal::at_most("a job accepted, by id", 3.0, deepest(&by(&[Id], true))),
        Goal::at_most(
            "a job accepted, by team or address (a look-up showed that it is large)",
            4.0,
            deepest(&by(&[Team, Address], true)),
        ),
        Goal::at_most(
            "a job looked up",
            1.0,
            deepest(&|entry| matches!(entry.case, Case::LookUpJob { .. })),
        ),
    ]
}
