//! The documents, and which table goes where.

use anyhow::Result;
use ledger::Entry;
use ledger::goals::{Goal, Wanted, of_ledger};

use crate::document::{Document, table};
use crate::results::Results;
use crate::scaling::{Counted, Settings};
use crate::{cold_start, costs, drain, load, peer, scaling};

/// Every goal, with what was found.
pub fn goals(results: &Results, ledger: &[Entry]) -> String {
    let goals = [
        of_ledger(ledger),
        drain::goals(&results.drain),
        peer::goals(&results.peer, ledger),
        cold_start::goals(&results.cold_start),
        load::goals(&results.load),
    ];
    let row = |goal: &Goal| {
        let wanted = match goal.wanted {
            Wanted::AtMost(bound) => format!("≤ {bound}"),
            Wanted::AtLeast(bound) => format!("≥ {bound}"),
        };
        let found = format!("{:.3}", goal.found);
        let found = found.trim_end_matches('0').trim_end_matches('.');
        let verdict = if goal.is_met() { "met" } else { "**missed**" };
        [goal.what, &wanted, found, verdict].map(str::to_owned)
    };
    table("goal | wanted | found | ", goals.concat().iter().map(row))
}

/// The documents with every table anew, none of them written.
pub fn generate(results: &Results, ledger: &[Entry]) -> Result<[Document; 3]> {
    let performance = Document::read("performance.md")?
        .fill("goals", &goals(results, ledger))?
        .fill("costs", &costs::main_cases(ledger))?
        .fill("drain", &drain::speed(&results.drain))?
        .fill("peer", &peer::comparison(&results.peer, ledger))?
        .fill("cold start", &cold_start::starts(&results.cold_start))?
        .fill("load", &load::answers(&results.load))?;
    let tables = Document::read("performance/tables.md")?
        .fill("costs", &costs::every_case(ledger))?
        .fill("drain", &drain::usage(&results.drain))?;
    let (counted, settings) = (Counted::of(ledger), Settings::of_template());
    let scaling = Document::read("scaling.md")?
        .fill("limits", &scaling::limits())?
        .fill("jobs", &scaling::jobs(&counted, &settings))?
        .fill("what binds", &scaling::what_binds(&counted, &settings))?
        .fill("waits", &scaling::waits(&settings))?
        .fill("requests", &scaling::requests(&counted, &settings))?
        .fill("events", &scaling::events(&counted, &settings))?
        .fill("cost", &scaling::cost(&counted, &settings))?;
    Ok([performance, tables, scaling])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documents_hold_what_was_counted_and_measured() {
        let ledger = ledger::recorded().unwrap();
        for document in generate(&Results::read().unwrap(), &ledger).unwrap() {
            let is_current = document.is_current().unwrap();
            assert!(is_current, "run `cargo run -p bench -- documents`");
        }
    }
}
