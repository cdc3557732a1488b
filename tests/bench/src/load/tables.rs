//! The load in the documents.

use ledger::goals::Goal;

use super::{Load, TenantLoad};
use crate::document::{table, whole};

/// The statuses that the contract describes for these requests.
const STATUSES: [u16; 4] = [200, 400, 401, 404];

/// Answers, and how fast they came.
pub fn answers(load: &Load) -> String {
    let row = |load: &TenantLoad| {
        let received = &load.received;
        let answers: u64 = received.statuses.values().sum();
        let [ok, bad, unauthorized, not_found] =
            STATUSES.map(|status| whole(received.of_status(status) as f64));
        [
            load.tenant.clone(),
            whole(answers as f64 / received.seconds),
            ok,
            bad,
            unauthorized,
            not_found,
            format!("{:.1} ms", received.median_ms),
            format!("{:.1} ms", received.p99_ms),
            format!("{:.1} ms", received.worst_ms),
        ]
    };
    let header = "tenant | a second | 200 | 400 | 401 | 404 | median | 99 % | worst";
    table(header, load.tenants.iter().map(row))
}

/// Nothing is lost, done twice or wrongly refused under load.
pub fn goals(load: &Load) -> Vec<Goal> {
    let sum = |of: fn(&TenantLoad) -> u64| load.tenants.iter().map(of).sum::<u64>() as f64;
    let undescribed = sum(|it| {
        let statuses = it.received.statuses.iter();
        let others = statuses.filter(|(status, _)| !STATUSES.contains(status));
        it.received.failed + others.map(|(_, count)| count).sum::<u64>()
    });
    let wrong_tokens = sum(|it| {
        it.received
            .wrong_tokens
            .abs_diff(it.received.of_status(401))
    });
    let team_requests = sum(|it| it.received.team_requests.abs_diff(it.jobs));
    let not_logged_out = sum(|it| {
        let logged_out = it.received.logged_out + it.by_jobs;
        it.received.selected_idle.abs_diff(logged_out) + it.received.wrong_rows
    });
    let not_selected = sum(|it| (it.idle - it.received.selected_idle).abs_diff(it.by_last_job));
    let left = sum(|it| it.left_online + it.busy.abs_diff(it.deferred));
    let selected = sum(|it| it.received.selected_idle);
    let at_least = [
        ("load: jobs", 10.0, sum(|it| it.jobs)),
        ("load: idle agents selected", 50_000.0, selected),
    ];
    let none = [
        (
            "load: requests without an answer that is described",
            0.0,
            undescribed,
        ),
        (
            "load: wrong tokens accepted, or right ones refused",
            0.0,
            wrong_tokens,
        ),
        (
            "load: requests for a team without exactly one job",
            0.0,
            team_requests,
        ),
        (
            "load: jobs that did not complete with correct sums",
            0.0,
            sum(|it| it.jobs - it.completed),
        ),
        (
            "load: agents selected and not logged out, or twice",
            0.0,
            not_logged_out,
        ),
        (
            "load: agents logged out whom no request selected",
            0.0,
            not_selected,
        ),
        (
            "load: agents left online, or logged out of a call",
            0.0,
            left,
        ),
    ];
    let at_least = at_least.into_iter().map(Goal::at_least);
    at_least
        .chain(none.into_iter().map(Goal::at_most))
        .collect()
}
