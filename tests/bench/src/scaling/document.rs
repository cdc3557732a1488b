//! docs/scaling.md.

use anyhow::Result;
use logout::event_sources::JOBS;
use logout::job::DEADLINE;

use super::bill::bill;
use super::costs::AGENTS_PER_CHUNK;
use super::deployment::Deployment;
use super::limits::MESSAGES_PER_BATCH;
use super::simulation::{Run, simulate};
use super::variants::{
    CONCURRENCY, Knob, LITTLE_CONCURRENCY, ONE_CPU, PATIENCE, QUOTA, WARM_TABLE, what_to_raise,
};
use super::{curve, one_invocation, sources};
use crate::document::{Document, Table};

/// The jobs that are computed, in agents.
const JOBS_OF: [u32; 3] = [100_000, 1_000_000, 10_000_000];
/// The one that is drawn.
const DRAWN: u32 = 1_000_000;
/// Settings with a name.
const VARIANTS: [(&str, &[Knob]); 7] = [
    ("a new deployment", &[]),
    ("more concurrency (1,000)", &[CONCURRENCY]),
    ("little concurrency (2)", &[LITTLE_CONCURRENCY]),
    ("throttled chunks wait", &[PATIENCE]),
    ("warm table (40,000)", &[WARM_TABLE]),
    ("warm, and chunks wait", &[WARM_TABLE, PATIENCE]),
    (
        "warm, chunks wait, 1,769 MB",
        &[WARM_TABLE, PATIENCE, ONE_CPU],
    ),
];

/// Computes everything and writes it down.
///
/// # Errors
/// The plot cannot be drawn.
pub fn document() -> Result<Document> {
    let mut document = Document::named("How far it scales", "scaling");
    introduction(&mut document);
    in_short(&mut document);
    how_long(&mut document);
    when_throttled(&mut document);
    draw(&mut document)?;
    what_binds(&mut document);
    what_first(&mut document);
    one_invocation::section(&mut document, &JOBS_OF);
    what_it_costs(&mut document);
    sources::published(&mut document);
    sources::counted(&mut document);
    sources::assumed(&mut document);
    sources::left_out(&mut document);
    Ok(document)
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
         - **What binds first is the agents table**: a new one takes {} writes a second, and 50 workers ask for more than ten \
         times that. A worker that is throttled gives up too soon. A new deployment: {}.\n\
         - **Warm the agents table first** (`WarmThroughput`): {}, with 99 % of the agents within {}. If that cannot be, deploy with `WorkerMaxConcurrency=2`: {}. \
         More concurrency on a cold table makes it worse.\n\
         - **In the code**, let a throttled chunk wait instead of giving up: {} without any setting, {} with a warm table.\n\
         - After that it is the processor and the one partition of the job that plan, and the quota of {} writes a second.",
        count(f64::from(DRAWN)),
        count(new.warm_write_units_per_s),
        takes(&[]),
        takes(&[WARM_TABLE]),
        duration(until_most(&simulate(DRAWN, &deployed_with(&[WARM_TABLE])))),
        takes(&[LITTLE_CONCURRENCY]),
        takes(&[PATIENCE]),
        takes(&[PATIENCE, WARM_TABLE]),
        count(new.table_write_units_per_s),
    ));
}

/// When 99 of 100 are logged out.
fn until_most(run: &Run) -> f64 {
    let all = run.curve.last().map_or(0.0, |last| last.1);
    let most = run.curve.iter().find(|point| point.1 >= 0.99 * all);
    most.map_or(run.seconds, |point| point.0)
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
        "*Never* means that after {} deliveries some messages rest in the dead-letter queue with so many agents; redriven, \
         they go on. A job that takes longer than {} minutes reads `failed` until it is done. \\* The plan does not fit into one \
         invocation (below), so this is what it would be if it did.",
        JOBS.max_receive_count,
        DEADLINE.as_secs() / 60,
    ));
}

/// How long, or that it was never done.
fn told(run: &Run) -> String {
    if run.dead_agents < 1.0 {
        return duration(run.seconds);
    }
    format!("never: {} left", count(run.dead_agents))
}

fn when_throttled(document: &mut Document) {
    let new = Deployment::DEFAULT;
    let taken_per_s = new.warm_write_units_per_s;
    let patience_s: f64 = (0..new.costs.rounds - 1)
        .map(|round| {
            new.costs.mean_pause_s(round) + new.costs.round_trips_per_retry * new.assumptions.call_s
        })
        .sum();
    let per_environment = MESSAGES_PER_BATCH * AGENTS_PER_CHUNK;
    document.heading("When the agents table is too slow for its workers");
    document.paragraph(format!(
        "A worker tries throttled agents {} times, with waits that add up to {patience_s:.2} s on average. Then the chunk \
         is given up, and its message comes again after the visibility timeout, {} s; after {} deliveries it is dead. Agents \
         in flight are invocations × {MESSAGES_PER_BATCH:.0} chunks × {AGENTS_PER_CHUNK:.0} agents, and the table serves \
         {} × {patience_s:.2} s = {} of them before they are given up. So more than about **{:.0} invocations** are more than \
         a new table can serve, and chunks fail, although every write that succeeded counts.",
        new.costs.rounds,
        JOBS.visibility_timeout_seconds(),
        JOBS.max_receive_count,
        count(taken_per_s),
        count(taken_per_s * patience_s),
        (taken_per_s * patience_s / per_environment).floor(),
    ));
    document.paragraph(
        "That is why a new deployment is so much slower than its table, why more concurrency makes it worse, and why the least \
         concurrency helps. *Throttled chunks wait* computes a worker that tries a throttled chunk until its invocation ends. \
         All of this holds if DynamoDB gives what it promises and no more; it often gives more, which nobody should count on \
         in an emergency.",
    );
}

fn draw(document: &mut Document) -> Result<()> {
    let drawn = VARIANTS.iter().filter(|(name, _)| !name.contains("1,769"));
    let runs: Vec<_> = drawn
        .map(|(name, knobs)| (*name, simulate(DRAWN, &deployed_with(knobs))))
        .collect();
    let title = format!("{} agents logged out over time", count(f64::from(DRAWN)));
    document.plot("logged-out.svg", &title, curve::plot(DRAWN, &runs)?);
    Ok(())
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
         another twentieth; then a quota. First with the worker as it is, then with one whose throttled chunks wait.",
    );
    let mut table = Table::new(["agents", "change", "the job takes"]);
    for agents in JOBS_OF {
        for (name, start) in [
            ("a new deployment", Deployment::DEFAULT),
            (PATIENCE.name, Deployment::DEFAULT.with(PATIENCE)),
        ] {
            let mut deployment = start;
            let run = simulate(agents, &start);
            table.row([count(f64::from(agents)), name.to_owned(), told(&run)]);
            for (knob, run) in what_to_raise(agents, &start) {
                deployment = deployment.with(knob);
                table.row([String::new(), knob.name.to_owned(), told(&run)]);
            }
            let run = simulate(agents, &deployment.with(QUOTA));
            table.row([String::new(), QUOTA.name.to_owned(), told(&run)]);
        }
    }
    document.table(table);
}

fn what_it_costs(document: &mut Document) {
    document.heading("The bill");
    document.paragraph(
        "With a warm table and chunks that wait, at the prices of us-east-1 without free tiers (as in operations.md; look yours \
         up). Not in it: warming a table, which is charged for and cannot be taken back (Amazon DynamoDB Developer Guide, \
         \"Understanding DynamoDB warm throughput\"); and whatever AWS asks for requests with a message group on top, which at \
         these counts is less than a cent.",
    );
    let deployment = deployed_with(&[WARM_TABLE, PATIENCE]);
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
