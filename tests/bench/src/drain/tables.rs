//! The speed of jobs in the documents.

use ledger::goals::{Goal, smallest};

use super::{Drain, Run};
use crate::document::{table, whole};

fn rate(drain: &Drain, run: &Run) -> f64 {
    f64::from(drain.agents) / run.process.seconds
}

/// Of the service in that of the bare calls.
fn share(drain: &Drain) -> f64 {
    drain.bare_calls.process.seconds / drain.service.process.seconds
}

/// Agents per second, side by side.
pub fn speed(drains: &[Drain]) -> String {
    let row = |drain: &Drain| {
        let seconds = drain.service.process.seconds;
        [
            whole(drain.agents.into()),
            format!("{seconds:.2}"),
            whole(rate(drain, &drain.service)),
            whole(rate(drain, &drain.bare_calls)),
            format!("{:.2}", share(drain)),
        ]
    };
    let header = "agents | seconds | agents a second | bare calls | share of their speed";
    table(header, drains.iter().map(row))
}

/// What both contestants used.
pub fn usage(drains: &[Drain]) -> String {
    let contestants = |drain: &Drain| {
        let [agents, runs] = [whole(drain.agents.into()), drain.runs.to_string()];
        let thousands = f64::from(drain.agents) / 1e3;
        [("service", drain.service), ("bare calls", drain.bare_calls)].map(|(name, run)| {
            [
                agents.clone(),
                name.to_owned(),
                runs.clone(),
                format!("{:.2}", run.process.seconds),
                format!("{:.3}", run.process.cpu_seconds / thousands),
                format!("{:.3}", run.backends.cpu_seconds / thousands),
                megabytes(run.process.peak_memory_bytes),
                megabytes(run.backends.peak_memory_bytes),
            ]
        })
    };
    let header = "agents |  | runs | seconds | CPU s per 1,000 agents | of the backends | peak MB | of the backends";
    table(header, drains.iter().flat_map(contestants))
}

fn megabytes(bytes: u64) -> String {
    (bytes / 1_000_000).to_string()
}

/// How fast the service should be.
pub fn goals(drains: &[Drain]) -> Vec<Goal> {
    let rate_of = |agents: u32| {
        let drain = drains.iter().find(|drain| drain.agents == agents);
        drain.map_or(f64::NAN, |drain| rate(drain, &drain.service))
    };
    let slowest = smallest(drains.iter().map(share));
    let loss = 1.0 - rate_of(1_000_000) / rate_of(10_000);
    vec![
        Goal::at_least(("speed of a job in that of the bare calls", 0.8, slowest)),
        Goal::at_most(("loss of speed from 10,000 to 1,000,000 agents", 0.1, loss)),
    ]
}
