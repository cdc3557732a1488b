//! The load in the document.

use super::wrk::CLOSING_SECONDS;
use super::{AGENTS, CALLERS, Load, Loaded};
use crate::document::{Document, Table};
use crate::goal::{Goal, goals};

/// Adds the section.
pub fn write(document: &mut Document, load: &Load) {
    document.heading("Many callers at once");
    let [alone, mixed, flood] = CALLERS;
    document.paragraph(format!(
        "`wrk` against `local`, release build, on the same machine. The tenants `{}` and `{}` each ask over {} connections for one, \
         20 and 100 agents, addresses, blocks of 32, and teams of {} (jobs), look jobs up, and make mistakes: the one alone for \
         {} seconds, the other for {} while `{}` asks for one agent a request over {} connections, with a wrong token now and \
         then. Each has {} agents, one in {} on a call, chosen at random and more than once; whoever is out is not found again \
         (400). In their last {} to {} seconds, which are in the figures, they only look jobs up (404 where there is none).",
        alone.tenant,
        mixed.tenant,
        mixed.connections,
        AGENTS.team,
        alone.seconds,
        mixed.seconds,
        flood.tenant,
        flood.connections,
        AGENTS.count,
        AGENTS.busy_one_in,
        CLOSING_SECONDS,
        CLOSING_SECONDS + 1,
    ));
    document.table(seen(load));
    document.paragraph(
        "Median and 99 % are as `wrk` corrects them for callers who wait for their answer before they ask again. Afterwards a job \
         for everybody logs out who was not named by any request, and one more shows who is left. Whom requests named is known to \
         those who asked; how many were logged out is told by answers and jobs:",
    );
    document.table(settled(load));
    document.table(goals(&load_goals(load)));
}

fn seen(load: &Load) -> Table {
    let mut table = Table::new([
        "", "requests", "a second", "200", "400", "401", "404", "5xx", "median", "99 %", "worst",
    ]);
    for Loaded { tenant, seen, .. } in &load.tenants {
        #[expect(clippy::cast_precision_loss, reason = "far below 2^53 requests")]
        let rate = seen.answers() as f64 / seen.seconds;
        let server_errors: u64 = seen.statuses.range(500..).map(|(_, count)| count).sum();
        table.row([
            tenant.clone(),
            seen.answers().to_string(),
            format!("{rate:.0}"),
            seen.of_status(200).to_string(),
            seen.of_status(400).to_string(),
            seen.of_status(401).to_string(),
            seen.of_status(404).to_string(),
            server_errors.to_string(),
            ms(seen.median_ms),
            ms(seen.p99_ms),
            ms(seen.worst_ms),
        ]);
    }
    table
}

fn ms(ms: f64) -> String {
    format!("{ms:.1} ms")
}

fn settled(load: &Load) -> Table {
    let mut table = Table::new([
        "",
        "idle agents named",
        "logged out by requests",
        "by jobs",
        "jobs",
        "not named",
        "logged out by the last job",
        "left on a call",
    ]);
    for tenant in &load.tenants {
        let row = [
            tenant.seen.named_idle,
            tenant.seen.logged_out,
            tenant.by_jobs,
            tenant.jobs,
            tenant.idle - tenant.seen.named_idle,
            tenant.by_last_job,
            tenant.deferred,
        ];
        let cells = row.map(|count| count.to_string());
        table.row(std::iter::once(tenant.tenant.clone()).chain(cells));
    }
    table
}

fn load_goals(load: &Load) -> Vec<Goal> {
    #[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
    let sum = |of: fn(&Loaded) -> u64| load.tenants.iter().map(of).sum::<u64>() as f64;
    let none = |what, of| Goal::at_most(what, 0.0, sum(of));
    vec![
        Goal::at_least("jobs", 10.0, sum(|it| it.jobs)),
        Goal::at_least("idle agents named", 50_000.0, sum(|it| it.seen.named_idle)),
        none("answers of 5xx, or that are not described", |it| {
            let described = [200, 400, 401, 404].map(|status| it.seen.of_status(status));
            it.seen.answers() - described.iter().sum::<u64>()
        }),
        none("requests without an answer", |it| it.seen.unanswered()),
        none("broken connections, and answers after 30 s", |it| {
            it.seen.broken_connections + it.seen.too_late
        }),
        none("wrong tokens not refused, and right ones that were", |it| {
            it.seen
                .of_kind("wrong_token")
                .abs_diff(it.seen.of_status(401))
        }),
        none(
            "requests for a team that became no job, or more than one",
            |it| it.seen.of_kind("team").abs_diff(it.jobs),
        ),
        none(
            "jobs that did not complete, or whose sums do not agree",
            |it| it.jobs - it.completed,
        ),
        none("agents named and not logged out, or twice", |it| {
            it.seen.named_idle.abs_diff(it.seen.logged_out + it.by_jobs)
        }),
        none("rows of agents whom nobody named, or who were out", |it| {
            it.seen.mistaken
        }),
        none(
            "agents whom nobody named, and who were out before the last job",
            |it| (it.idle - it.seen.named_idle).abs_diff(it.by_last_job),
        ),
        none("agents left online", |it| it.left_over),
        none("agents on a call who were logged out of it", |it| {
            it.busy.abs_diff(it.deferred)
        }),
    ]
}
