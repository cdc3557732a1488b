//! The load in the document.

use super::{CALLERS, Load, Loaded};
use crate::document::{Document, Table};
use crate::goal::{Goal, goals};

/// Adds the section.
pub fn write(document: &mut Document, load: &Load) {
    document.heading("Many callers at once");
    let [_, mixed, flood] = CALLERS;
    document.paragraph(format!(
        "`wrk` against `local`, release build, on the same machine: a tenant with {} connections asks for one, 20 and 100 agents, \
         addresses, blocks, teams of 1,000 (jobs), looks jobs up, and makes mistakes; one alone for {} seconds, and one for {} \
         seconds while another floods the service with requests for one agent each over {} connections, some with a wrong \
         token. Each tenant has {} agents, {} of them on a call; agents are chosen at random, so later requests find ever fewer \
         online (400); some jobs are looked up that are not there yet (404).",
        mixed.connections, CALLERS[0].seconds, mixed.seconds, flood.connections, load.agents, load.busy,
    ));
    document.table(seen(load));
    document.paragraph(
        "Afterwards everybody who is left is logged out by one more job, and one after that finds nobody. Each agent who was \
         not on a call was logged out once, as told by exactly one answer or job:",
    );
    document.table(settled(load));
    document.table(goals(&load_goals(load)));
}

fn seen(load: &Load) -> Table {
    let mut table = Table::new([
        "", "requests", "a second", "200", "400", "401", "404", "5xx", "median", "99 %", "worst",
    ]);
    let names = ["mixed, alone", "mixed, beside the flood", "flood"];
    for (name, tenant) in names.into_iter().zip(&load.tenants) {
        let seen = &tenant.seen;
        let all = seen.answers(0..1000);
        #[expect(clippy::cast_precision_loss, reason = "far below 2^53 requests")]
        let rate = all as f64 / seen.seconds;
        let of = |status| seen.answers(status..status + 1).to_string();
        table.row([
            name.to_owned(),
            all.to_string(),
            format!("{rate:.0}"),
            of(200),
            of(400),
            of(401),
            of(404),
            seen.answers(500..600).to_string(),
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
        "tenant",
        "idle agents",
        "logged out by requests",
        "by jobs",
        "by the last job",
        "jobs",
        "left on a call",
    ]);
    for (caller, tenant) in CALLERS.iter().zip(&load.tenants) {
        table.row([
            caller.tenant.to_owned(),
            (load.agents - load.busy).to_string(),
            tenant.seen.logged_out.to_string(),
            tenant.by_jobs.to_string(),
            tenant.by_last_job.to_string(),
            tenant.seen.jobs.to_string(),
            tenant.deferred.to_string(),
        ]);
    }
    table
}

fn load_goals(load: &Load) -> Vec<Goal> {
    let idle = u64::from(load.agents - load.busy);
    let none = |what, of: &dyn Fn(&Loaded) -> u64| {
        let count: u64 = load.tenants.iter().map(of).sum();
        #[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
        let count = count as f64;
        Goal::at_most(what, 0.0, count)
    };
    vec![
        none("answers of 5xx, or that are not described", &|tenant| {
            let described =
                [200, 400, 401, 404].map(|status| tenant.seen.answers(status..status + 1));
            tenant.seen.answers(0..1000) - described.iter().sum::<u64>()
        }),
        none("requests without an answer", &|tenant| {
            tenant.seen.broken_connections + tenant.seen.timeouts
        }),
        none(
            "wrong tokens not refused, and right ones that were",
            &|tenant| {
                let refused = tenant.seen.answers(401..402);
                tenant.seen.sent("wrong_token").abs_diff(refused)
            },
        ),
        none(
            "requests for a team that became no job, or more than one",
            &|tenant| tenant.seen.sent("team").abs_diff(tenant.seen.jobs),
        ),
        none(
            "jobs that did not complete, or whose sums do not agree",
            &|tenant| tenant.seen.jobs - tenant.completed,
        ),
        none("agents logged out never or twice", &|tenant| {
            idle.abs_diff(tenant.seen.logged_out + tenant.by_jobs + tenant.by_last_job)
        }),
        none("agents left online", &|tenant| tenant.left_over),
        none("agents on a call who were logged out of it", &|tenant| {
            u64::from(load.busy).abs_diff(tenant.deferred)
        }),
    ]
}
