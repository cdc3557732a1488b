//! The peers in the document.

use super::{Comparison, PeerRun};
use crate::document::{Document, Table};
use crate::goal::{Goal, goals, smallest};
use crate::ledger::{Case, Cost, Entry, Selector};
use crate::usage::Usage;

/// Adds the section. The service's calls and units are those of the ledger.
pub fn write(document: &mut Document, comparisons: &[Comparison], ledger: &[Entry]) {
    document.heading("What a team would write instead");
    document.paragraph(
        "The same request, for everybody in `10.0.0.0/8`, one in ten of them on a call, made to the service and to two \
         programs in Python with boto3, on the same agents and backends ([`tests/bench/peer`](../tests/bench/peer)). The \
         competent one queries and makes one conditional `UpdateItem` per agent in threads; the naive one scans, and its \
         table has an index by status for a wallboard, as many have. Calls are without those that receive and delete \
         messages, which Lambda makes. Time and memory are those of the handlers' processes, their event source included, \
         and not of the backends. The service is one process; the peers are three for a job, as Python uses one processor a \
         process, and the memory is that of the largest and of all.",
    );
    document.table(table(comparisons, ledger));
    document.table(goals(&peer_goals(comparisons, ledger)));
    document.paragraph(wins(comparisons, ledger));
}

/// What is compared.
type Figure = fn(&Line) -> f64;

/// One line of the comparison.
struct Line<'a> {
    name: &'a str,
    usage: &'a Usage,
    all_memory_bytes: u64,
    calls: f64,
    writes: f64,
    reads: f64,
}

fn lines<'a>(comparison: &'a Comparison, ledger: &[Entry]) -> Vec<Line<'a>> {
    let cost = cost(ledger, comparison.agents);
    #[expect(clippy::cast_precision_loss, reason = "far below 2^53 calls")]
    let ours = Line {
        name: "the service",
        usage: &comparison.ours,
        all_memory_bytes: comparison.ours.peak_memory_bytes,
        calls: cost
            .as_ref()
            .map_or(f64::NAN, |cost| cost.call_count() as f64),
        writes: cost
            .as_ref()
            .map_or(f64::NAN, |cost| cost.table_writes + cost.index_writes),
        reads: cost.as_ref().map_or(f64::NAN, |cost| cost.reads),
    };
    let peers = comparison.peers.iter();
    std::iter::once(ours)
        .chain(peers.map(|(name, run)| line(name, run)))
        .collect()
}

fn line<'a>(name: &'a str, run: &'a PeerRun) -> Line<'a> {
    #[expect(clippy::cast_precision_loss, reason = "far below 2^53 calls")]
    let calls = run.call_count() as f64;
    Line {
        name,
        usage: &run.usage,
        all_memory_bytes: run.all_processes_peak_memory_bytes,
        calls,
        writes: run.table_write_units + run.index_write_units,
        reads: run.read_units,
    }
}

/// What the ledger says of the same request, if anything: by address, one in ten on a call, and the token not remembered.
fn cost(ledger: &[Entry], agents: u32) -> Option<Cost> {
    let case = Case::LogOut {
        by: Selector::Address,
        agents,
        busy: agents / super::BUSY_ONE_IN,
    };
    let entry = ledger.iter().find(|entry| entry.case == case);
    let mut cost = entry?.whole();
    *cost.calls.entry("GetItem".to_owned()).or_default() += 1;
    cost.reads += 0.5;
    Some(cost)
}

fn table(comparisons: &[Comparison], ledger: &[Entry]) -> Table {
    let mut table = Table::new([
        "agents",
        "",
        "calls",
        "write units",
        "read units",
        "seconds",
        "CPU seconds",
        "peak MB",
        "of all",
    ]);
    for comparison in comparisons {
        for line in lines(comparison, ledger) {
            table.row([
                comparison.agents.to_string(),
                line.name.to_owned(),
                line.calls.to_string(),
                line.writes.to_string(),
                line.reads.to_string(),
                format!("{:.3}", line.usage.seconds),
                format!("{:.3}", line.usage.cpu_seconds),
                megabytes(line.usage.peak_memory_bytes),
                megabytes(line.all_memory_bytes),
            ]);
        }
    }
    table
}

#[expect(clippy::cast_precision_loss, reason = "shown with one decimal")]
fn megabytes(bytes: u64) -> String {
    format!("{:.1}", bytes as f64 / 1e6)
}

/// The least of what a figure of the peers is in that of the service, over every size.
fn least_ratio(
    comparisons: &[Comparison],
    ledger: &[Entry],
    peers: &[&str],
    figure: Figure,
) -> f64 {
    let ratios = comparisons.iter().flat_map(|comparison| {
        let lines = lines(comparison, ledger);
        let ours = figure(&lines[0]);
        let peers = lines.iter().filter(|line| peers.contains(&line.name));
        peers.map(|peer| figure(peer) / ours).collect::<Vec<_>>()
    });
    smallest(ratios)
}

fn peer_goals(comparisons: &[Comparison], ledger: &[Entry]) -> Vec<Goal> {
    let both = &super::VARIANTS;
    let naive = &["naive"];
    let ratio = |peers, figure| least_ratio(comparisons, ledger, peers, figure);
    vec![
        Goal::at_least(
            "times the calls, least of both and every size",
            15.0,
            ratio(both, |line| line.calls),
        ),
        Goal::at_least(
            "times the write units, the naive one",
            3.0,
            ratio(naive, |line| line.writes),
        ),
        Goal::at_least(
            "times the CPU, least of both and every size",
            10.0,
            ratio(both, |line| line.usage.cpu_seconds),
        ),
    ]
}

/// Says where a peer needs less.
fn wins(comparisons: &[Comparison], ledger: &[Entry]) -> String {
    #[expect(clippy::cast_precision_loss, reason = "far below 2^53 bytes")]
    let figures: [(&str, Figure); 6] = [
        ("calls", |line| line.calls),
        ("write units", |line| line.writes),
        ("read units", |line| line.reads),
        ("time", |line| line.usage.seconds),
        ("CPU", |line| line.usage.cpu_seconds),
        ("memory", |line| line.all_memory_bytes as f64),
    ];
    let mut wins = Vec::new();
    for comparison in comparisons {
        let lines = lines(comparison, ledger);
        for peer in &lines[1..] {
            for (what, figure) in figures {
                if figure(peer) < figure(&lines[0]) {
                    wins.push(format!(
                        "the {} one in {what} at {}",
                        peer.name, comparison.agents
                    ));
                }
            }
        }
    }
    if wins.is_empty() {
        return "No peer needs less of anything.".to_owned();
    }
    format!(
        "A peer needs less here: {}. Where that is read units: it writes without having read, and pays for it with a write unit \
         for every agent whom its condition does not admit, one call per agent, and no session that it could name.",
        wins.join("; ")
    )
}
