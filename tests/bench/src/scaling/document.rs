//! docs/scaling.md.

use logout::event_sources::JOBS;
use logout::job::DEADLINE;

use super::bill::bill;
use super::costs::AGENTS_PER_CHUNK;
use super::deployment::Deployment;
use super::limits::MESSAGES_PER_BATCH;
use super::simulation::{Run, simulate};
use super::variants::{CONCURRENCY, Knob, ONE_CPU, QUOTA, WARM_TABLE, what_to_raise};
use super::{one_invocation, sources};
use crate::document::{Document, Table};
use crate::plot::{Curve, log_plot};

/// The jobs that are computed, in agents.
const JOBS_OF: [u32; 3] = [100_000, 1_000_000, 10_000_000];
/// The one that is drawn.
const DRAWN: u32 = 1_000_000;
/// Settings with a name.
const VARIANTS: [(&str, &[Knob]); 5] = [
    ("a new deployment", &[]),
    ("more concurrency (1,000)", &[CONCURRENCY]),
    ("warm table (40,000)", &[WARM_TABLE]),
    ("warm, 1,769 MB", &[WARM_TABLE, ONE_CPU]),
    ("quota of 80,000, warm, 1,769 MB", &[QUOTA, ONE_CPU]),
];
/// `WorkerMaxConcurrency`, to see when a wait gets longer than an invocation.
const CONCURRENCIES: [f64; 5] = [50.0, 100.0, 200.0, 500.0, 1_000.0];

/// Computes everything and writes it down.
#[must_use]
pub fn document() -> Document {
    let mut document = Document::named("How far it scales", "scaling");
    introduction(&mut document);
    in_short(&mut document);
    how_long(&mut document);
    draw(&mut document);
    what_binds(&mut document);
    what_first(&mut document);
    when_throttled(&mut document);
    one_invocation::section(&mut document, &JOBS_OF);
    what_it_costs(&mut document);
    sources::published(&mut document);
    sources::counted(&mut document);
    sources::assumed(&mut document);
    sources::left_out(&mut document);
    document
}

fn deployed_with(knobs: &[Knob]) -> Deployment {
    let knobs = knobs.iter().copied();
    knobs.fold(Deployment::DEFAULT, Deployment::with)
}

fn introduction(document: &mut Document) {
    document.paragraph(
        "How long a job takes on AWS, what keeps it from being faster, and what it costs: computed by \
         `cargo run --release -p bench -- scaling` (`tests/bench/src/scaling`), **not measured on AWS**. A small simulation \
         plays one job of idle agents of one team through three kinds of numbers: limits that AWS publishes, calls and units \
         that were counted in the code, and a few assumptions. Each is listed below with its source.",
    );
}

fn in_short(document: &mut Document) {
    let takes = |knobs: &[Knob]| told(&simulate(DRAWN, &deployed_with(knobs)));
    let new = Deployment::DEFAULT;
    document.paragraph(format!(
        "**In short**, for {} agents:\n\
         - **The agents table binds first**: a new one takes {} writes a second, and a new deployment needs {}. What is \
         throttled is tried again until it is written.\n\
         - **Warm that table first** (`WarmThroughput`): {}. Until then leave `WorkerMaxConcurrency` as it is: with \
         1,000, chunks wait for longer than their invocation lasts, and come again later ({}).\n\
         - **Then the memory of the worker**, for its processor: {} with {} MB.\n\
         - **Then the quota** of {} writes a second: {} with {}. Beyond some {} agents a second the job's partition is \
         too busy to count chunks.",
        count(f64::from(DRAWN)),
        count(new.warm_write_units_per_s),
        takes(&[]),
        takes(&[WARM_TABLE]),
        takes(&[CONCURRENCY]),
        takes(&[WARM_TABLE, ONE_CPU]),
        count(new.with(ONE_CPU).memory_mb),
        count(new.table_write_units_per_s),
        takes(&[QUOTA, ONE_CPU]),
        count(new.with(QUOTA).table_write_units_per_s),
        count(
            new.partition_write_units_per_s / new.costs.count_write_units_per_chunk
                * AGENTS_PER_CHUNK
        ),
    ));
}

fn how_long(document: &mut Document) {
    document.heading("How long a job takes");
    document.paragraph(
        "From the request to the last agent. *A new deployment* has the template's defaults and tables that were never used; \
         a table that has been busy before is as warm as it was busy.",
    );
    let mut table = Table::new([
        "",
        "100,000 agents",
        "1,000,000 agents",
        "10,000,000 agents",
    ]);
    for (name, knobs) in VARIANTS {
        let deployment = deployed_with(knobs);
        let runs = JOBS_OF.map(|agents| {
            let unplanned = if one_invocation::plan_fits(agents, &deployment) {
                ""
            } else {
                " \\*"
            };
            told(&simulate(agents, &deployment)) + unplanned
        });
        table.row([name.to_owned()].into_iter().chain(runs));
    }
    document.table(table);
    document.paragraph(format!(
        "A job that takes longer than {} minutes reads `failed` until it is done. \\* The plan does not fit into one invocation \
         (below), so this is what it would be if it did.",
        DEADLINE.as_secs() / 60,
    ));
}

/// How long, or that it was never done.
fn told(run: &Run) -> String {
    if run.dead_agents < 1.0 {
        return duration(run.seconds);
    }
    format!("never: {} in the dead-letter queue", count(run.dead_agents))
}

fn when_throttled(document: &mut Document) {
    let new = Deployment::DEFAULT;
    let per_invocation = MESSAGES_PER_BATCH * AGENTS_PER_CHUNK;
    let wait_s = |concurrency| concurrency * per_invocation / new.warm_write_units_per_s;
    document.heading("When a wait is longer than an invocation");
    document.paragraph(format!(
        "A worker that is throttled tries again what was, and only that, for as long as its invocation lasts: {:.0} s. To give \
         up sooner would cost more: a message comes again after {} s, and is a dead letter after {} deliveries. In flight are \
         invocations × {MESSAGES_PER_BATCH:.0} chunks × {AGENTS_PER_CHUNK:.0} agents, so a chunk waits for {per_invocation:.0} × \
         invocations / writes a second, on average; some wait longer, as nobody queues. For {} agents on a table of {} writes a \
         second:",
        new.invocation_s,
        JOBS.visibility_timeout_seconds(),
        JOBS.max_receive_count,
        count(f64::from(DRAWN)),
        count(new.warm_write_units_per_s),
    ));
    let mut table = Table::new([
        "`WorkerMaxConcurrency`",
        "average wait, s",
        "chunks that come again",
        "the job takes",
    ]);
    let mut patient = 0.0;
    for worker_max_concurrency in CONCURRENCIES {
        let deployment = Deployment {
            worker_max_concurrency,
            ..new
        };
        let run = simulate(DRAWN, &deployment);
        if run.given_up < 0.5 {
            patient = worker_max_concurrency;
        }
        table.row([
            count(worker_max_concurrency),
            count(wait_s(worker_max_concurrency)),
            count(run.given_up),
            told(&run),
        ]);
    }
    document.table(table);
    document.paragraph(format!(
        "Nothing is lost, but the last agents wait for {} minutes more. Up to {} invocations it does not happen; a table that \
         takes twice as much allows twice as many.",
        JOBS.visibility_timeout_seconds() / 60,
        count(patient),
    ));
}

fn draw(document: &mut Document) {
    let curve = |(name, knobs): &(&'static str, &[Knob])| {
        let run = simulate(DRAWN, &deployed_with(knobs));
        // There is no zero on a logarithmic axis.
        let points = run.curve.into_iter().filter(|point| point.0 >= 1.0);
        Curve {
            name,
            points: points.collect(),
        }
    };
    let curves: Vec<_> = VARIANTS.iter().map(curve).collect();
    let title = format!("{} agents logged out over time", count(f64::from(DRAWN)));
    let plot = log_plot(&title, "seconds since the request", "agents", &curves);
    document.plot("logged-out.svg", &title, plot);
}

fn what_binds(document: &mut Document) {
    document.heading("Which limit binds when");
    document.paragraph(
        "For how many seconds each limit was what kept the job from being faster; those of at least a second.",
    );
    for agents in JOBS_OF {
        let title = format!("{} agents", count(f64::from(agents)));
        let mut table = Table::new([title.as_str(), "bound by, for seconds"]);
        for (name, knobs) in VARIANTS {
            let run = simulate(agents, &deployed_with(knobs));
            let mut bound: Vec<_> = run.bound_s.iter().filter(|(_, s)| **s >= 1.0).collect();
            bound.sort_by(|one, other| other.1.total_cmp(one.1));
            let bound = bound
                .iter()
                .map(|(limit, seconds)| format!("{limit} {seconds:.0}"));
            table.row([name.to_owned(), bound.collect::<Vec<_>>().join(", ")]);
        }
        document.table(table);
    }
}

fn what_first(document: &mut Document) {
    document.heading("What to raise first");
    document.paragraph(
        "Each thing that can be changed is tried, the one that helps most is kept, and so on until nothing shortens the job by \
         another twentieth; then a quota.",
    );
    let mut table = Table::new(["agents", "change", "the job takes"]);
    let new = Deployment::DEFAULT;
    for agents in JOBS_OF {
        let mut deployment = new;
        let run = simulate(agents, &new);
        let first = [
            count(f64::from(agents)),
            "a new deployment".to_owned(),
            told(&run),
        ];
        table.row(first);
        for (knob, run) in what_to_raise(agents, &new) {
            deployment = deployment.with(knob);
            table.row([String::new(), knob.name.to_owned(), told(&run)]);
        }
        let run = simulate(agents, &deployment.with(QUOTA));
        table.row([String::new(), QUOTA.name.to_owned(), told(&run)]);
    }
    document.table(table);
}

fn what_it_costs(document: &mut Document) {
    document.heading("The bill");
    document.paragraph(
        "With a warm table, at the prices of us-east-1 without free tiers (as in operations.md; look yours \
         up). Not in it: warming a table, which is charged for and cannot be taken back (Amazon DynamoDB Developer Guide, \
         \"Understanding DynamoDB warm throughput\"); and whatever AWS asks for requests with a message group on top, which at \
         these counts is less than a cent.",
    );
    let deployment = deployed_with(&[WARM_TABLE]);
    let bills = JOBS_OF.map(|agents| bill(agents, &deployment, &simulate(agents, &deployment)));
    let mut table = Table::new([
        "$ (how many)",
        "100,000 agents",
        "1,000,000 agents",
        "10,000,000 agents",
    ]);
    for line in 0..bills[0].len() {
        let cells = bills.each_ref().map(|bill| {
            let line = &bill[line];
            format!("{:.4} ({})", line.dollars(), count(line.count))
        });
        let what = bills[0][line].what.to_owned();
        table.row([what].into_iter().chain(cells));
    }
    let together = bills.map(|bill| {
        format!(
            "{:.2}",
            bill.iter().map(super::bill::Line::dollars).sum::<f64>()
        )
    });
    table.row(["together".to_owned()].into_iter().chain(together));
    document.table(table);
}

/// A number with commas.
pub(super) fn count(number: f64) -> String {
    let digits = format!("{number:.0}");
    let mut text = String::new();
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Seconds up to two minutes, then minutes.
pub(super) fn duration(seconds: f64) -> String {
    if seconds < 120.0 {
        return format!("{seconds:.0} s");
    }
    format!("{:.1} min", seconds / 60.0)
}
