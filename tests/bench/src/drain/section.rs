//! The speed of jobs in the document.

use super::{Drain, Run};
use crate::document::{Document, Table};
use crate::goal::{Goal, goals};
use crate::plot::{Curve, log_plot};

/// Adds the section.
pub fn write(document: &mut Document, drains: &[Drain]) {
    document.heading("How fast a job is worked off");
    document.paragraph(
        "A job of idle agents, found by address, on the embedded DynamoDB and SQS, which have a process of their own. The floor \
         makes the very same calls flat out, by the same SDK, as many at once, and decides, checks and counts nothing. \
         Each begins with a database of its own. The embedded database works on one call at a time, and is what most \
         of the time goes into; the table's stream is on.",
    );
    document.table(table(drains));
    document.table(goals(&speed_goals(drains)));
    let points = |of: fn(&Drain) -> &Run| {
        let point = |drain: &Drain| (f64::from(drain.agents), rate(drain, of(drain)));
        drains.iter().map(point).collect()
    };
    let curves = [
        Curve {
            name: "the service",
            points: points(|drain| &drain.ours),
        },
        Curve {
            name: "the floor",
            points: points(|drain| &drain.floor),
        },
    ];
    let title = "Agents per second by the size of a job";
    document.plot(
        "drain.svg",
        title,
        log_plot(title, "agents", "agents per second", &curves),
    );
}

fn rate(drain: &Drain, run: &Run) -> f64 {
    f64::from(drain.agents) / run.process.seconds
}

fn table(drains: &[Drain]) -> Table {
    let mut table = Table::new([
        "agents",
        "",
        "seconds",
        "agents per second",
        "CPU s per 1,000 agents",
        "of the backends",
        "peak MB",
        "of the backends",
    ]);
    for drain in drains {
        for (name, run) in [("the service", &drain.ours), ("the floor", &drain.floor)] {
            let thousands = f64::from(drain.agents) / 1e3;
            table.row([
                drain.agents.to_string(),
                name.to_owned(),
                format!("{:.2}", run.process.seconds),
                format!("{:.0}", rate(drain, run)),
                format!("{:.3}", run.process.cpu_seconds / thousands),
                format!("{:.3}", run.backends.cpu_seconds / thousands),
                megabytes(run.process.peak_memory_bytes),
                megabytes(run.backends.peak_memory_bytes),
            ]);
        }
    }
    table
}

fn megabytes(bytes: u64) -> String {
    (bytes / 1_000_000).to_string()
}

fn speed_goals(drains: &[Drain]) -> Vec<Goal> {
    let large = || drains.iter().filter(|drain| drain.agents >= 10_000);
    let of_floor = |drain: &Drain| drain.floor.process.seconds / drain.ours.process.seconds;
    let slowest = large().map(of_floor).fold(f64::INFINITY, f64::min);
    let straight = |of: fn(&Drain) -> &Run| {
        let rates = || large().map(|drain| rate(drain, of(drain)));
        let (least, most) = (
            rates().fold(f64::INFINITY, f64::min),
            rates().fold(0.0, f64::max),
        );
        1.0 - least / most
    };
    vec![
        Goal::at_least(
            "speed of the service in that of the floor, from 10,000 agents",
            0.8,
            slowest,
        ),
        Goal::at_most(
            "loss of speed from 10,000 to 1,000,000 agents: the service",
            0.1,
            straight(|drain| &drain.ours),
        ),
        Goal::at_most(
            "the same: the floor, which has it from the database",
            0.1,
            straight(|drain| &drain.floor),
        ),
    ]
}
