//! The peer in the documents.

use ledger::goals::{Goal, smallest};
use ledger::{Case, Cost, Entry, Selector};

use super::{BUSY_ONE_IN, Comparison};
use crate::document::{number, table, whole};
use crate::usage::Usage;

/// What the ledger says of the same request: by address, with the token not remembered.
fn cost(ledger: &[Entry], agents: u32) -> Cost {
    let case = Case::LogOut {
        by: Selector::Address,
        agents,
        busy: agents / BUSY_ONE_IN,
    };
    let entry = ledger.iter().find(|entry| entry.case == case);
    let mut cost = entry.map(Entry::whole).unwrap_or_default();
    *cost.calls.entry("GetItem".to_owned()).or_default() += 1;
    cost.reads += 0.5;
    cost
}

/// What the service and the functions in Python take of the same.
pub fn comparison(comparisons: &[Comparison], ledger: &[Entry]) -> String {
    let rows = comparisons.iter().flat_map(|comparison| {
        let agents = whole(comparison.agents.into());
        let (cost, service) = (cost(ledger, comparison.agents), &comparison.service);
        let python = &comparison.python;
        let row = |name: &str, counts: [f64; 3], usage: &Usage, all_memory_bytes: u64| {
            let [calls, writes, reads] = counts.map(number);
            [
                agents.clone(),
                name.to_owned(),
                calls,
                writes,
                reads,
                format!("{:.3}", usage.seconds),
                format!("{:.3}", usage.cpu_seconds),
                format!("{:.1}", usage.peak_memory_bytes as f64 / 1e6),
                format!("{:.1}", all_memory_bytes as f64 / 1e6),
            ]
        };
        let of_service = [
            cost.call_count(),
            cost.table_writes + cost.index_writes,
            cost.reads,
        ];
        let of_python = [python.call_count(), python.write_units, python.read_units];
        let all_memory_bytes = python.all_processes_peak_memory_bytes;
        [
            row("service", of_service, service, service.peak_memory_bytes),
            row("Python", of_python, &python.usage, all_memory_bytes),
        ]
    });
    let header =
        "agents |  | calls | write units | read units | seconds | CPU seconds | peak MB | of all";
    table(header, rows)
}

/// How much more the functions in Python should need.
pub fn goals(comparisons: &[Comparison], ledger: &[Entry]) -> Vec<Goal> {
    let calls = |it: &Comparison| it.python.call_count() / cost(ledger, it.agents).call_count();
    let cpu = |it: &Comparison| it.python.usage.cpu_seconds / it.service.cpu_seconds;
    let calls = smallest(comparisons.iter().map(calls));
    let cpu = smallest(comparisons.iter().map(cpu));
    let goals = [
        (
            "calls of Python in those of the service, any size",
            15.0,
            calls,
        ),
        (
            "CPU time of Python in that of the service, any size",
            10.0,
            cpu,
        ),
    ];
    goals.map(Goal::at_least).to_vec()
}
