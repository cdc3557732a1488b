//! The speed of jobs in the document.

use super::{Drain, Run};
use crate::document::{Document, Table};
use crate::goal::{Goal, goals, smallest};
use crate::plot::{Curve, log_plot};

/// Adds the section.
pub fn write(document: &mut Document, drains: &[Drain]) {
    document.heading("How fast a job is worked off");
    document.paragraph(
        "A job of idle agents, found by address, on the embedded DynamoDB and SQS, which have a process of their own. The floor \
         makes the very same calls (held to by a test) flat out, by the same SDK, as many at once, and decides nothing. \
         Both wait for messages by long polling, for which the embedded queue looks every 100 ms: that is most of the time of the \
         smallest job. \
         Each begins with a database of its own; of several runs in turn, the one of the median time is shown. The embedded \
         database works on one call at a time, and is what most of the time goes into; the table's stream is on.",
    );
    document.table(table(drains));
    document.table(goals(&speed_goals(drains)));
    document.paragraph(format!(
        "The floor loses {:.3} from 10,000 to 1,000,000 agents: that much is the embedded database's.",
        loss(drains, |drain| &drain.floor)
    ));
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
        "runs",
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
                drain.runs.to_string(),
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

/// What of the speed with 10,000 agents is lost with a million.
fn loss(drains: &[Drain], of: fn(&Drain) -> &Run) -> f64 {
    let with = |agents: u32| drains.iter().find(move |drain| drain.agents == agents);
    let rate = |agents| with(agents).map_or(f64::NAN, |drain| rate(drain, of(drain)));
    1.0 - rate(1_000_000) / rate(10_000)
}

fn speed_goals(drains: &[Drain]) -> Vec<Goal> {
    let of_floor = |drain: &Drain| drain.floor.process.seconds / drain.ours.process.seconds;
    let large = drains.iter().filter(|drain| drain.agents >= 10_000);
    let small = drains.iter().filter(|drain| drain.agents < 10_000);
    vec![
        Goal::at_least(
            "speed in that of the floor, 10,000 agents and more",
            0.8,
            smallest(large.map(of_floor)),
        ),
        Goal::at_least("the same, 1,000 agents", 0.8, smallest(small.map(of_floor))),
        Goal::at_most(
            "loss of speed from 10,000 to 1,000,000 agents",
            0.1,
            loss(drains, |drain| &drain.ours),
        ),
    ]
}
