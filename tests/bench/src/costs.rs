//! The ledger's tables.

use ledger::{Case, Entry};

use crate::document::{number, table};

/// What a reader wants to know first: idle agents, answered at once and as a job.
pub fn main_cases(ledger: &[Entry]) -> String {
    let is_main = |case| match case {
        Case::LogOut { agents, busy, .. } => {
            busy == 0 && [1, 100, 1_000, 100_000].contains(&agents)
        }
        Case::FirstLogOut | Case::LookUpJob { .. } => false,
        _ => true,
    };
    let row = |entry: &Entry| {
        let cost = entry.whole();
        let in_a_row = cost.round_trips.map_or("-".to_owned(), |it| it.to_string());
        [
            entry.case.to_string(),
            in_a_row,
            number(cost.call_count()),
            number(cost.table_writes),
            number(cost.index_writes),
            number(cost.reads),
        ]
    };
    let header = " | calls in a row | calls | table write units | index write units | read units";
    let entries = ledger.iter().filter(|entry| is_main(entry.case));
    table(header, entries.map(row))
}

/// Every case, with its calls by operation.
pub fn every_case(ledger: &[Entry]) -> String {
    let row = |entry: &Entry| {
        let cost = entry.whole();
        let calls = cost.calls.iter();
        let calls = calls.map(|(operation, count)| format!("{count} {operation}"));
        [
            entry.case.to_string(),
            number(cost.table_writes),
            number(cost.index_writes),
            number(cost.reads),
            calls.collect::<Vec<_>>().join(", "),
        ]
    };
    let header = " | table write units | index write units | read units | calls";
    table(header, ledger.iter().map(row))
}
