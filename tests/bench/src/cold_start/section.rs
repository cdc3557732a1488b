//! The section of the document.

use super::programs::{HELLO, STOCK};
use super::tried::{BUILDING, SETTING_UP, Tried};
use super::{ColdStart, Measured, PhasesMs};
use crate::document::{Document, Table};
use crate::goal::{Goal, goals, largest};

/// Writes down what was measured.
pub fn write(document: &mut Document, results: &ColdStart) {
    document.heading("Cold start");
    document.paragraph(format!(
        "Each program was started {} times, all in turn, as a process with the environment that Lambda sets, over a fake of the \
         runtime API and fresh embedded backends on loopback; times are medians in milliseconds. `hello` is a hello world of \
         `lambda_http`; `stock` makes the calls of `force-logout` with the AWS SDK as its guide sets it up \
         (`aws_config::load_defaults`, default features). A Lambda sandbox has less processor and its own costs (fetching and \
         unpacking the package, starting the sandbox), so compare, and do not take the times for Lambda's.",
        results.starts
    ));
    document.table(starts(results));
    document.paragraph(
        "`TLS` is when the first byte of a TLS handshake goes out: with DynamoDB behind `https` instead, which loopback has not \
         otherwise. Instructions are those of all threads until the first poll (callgrind; `-` where valgrind is missing).",
    );
    document.paragraph(
        "What the first request takes, and what a second one takes in the same process:",
    );
    document.table(requests(results));
    document.paragraph(
        "What is deployed (the zip's size is that of the deflated binary and its headers):",
    );
    document.table(packages(results));
    document.table(goals(&start_goals(results)));
    document.paragraph(
        "What was tried to get there, as recorded on 2026-11-22 with `force-logout` (not measured again with the rest). How it \
         sets itself up, each on top of what was kept above it, on two cores with other work on them:",
    );
    document.table(tried(&SETTING_UP));
    document.paragraph("How it is built, each instead of what was there, on two idle cores:");
    document.table(tried(&BUILDING));
}

fn starts(results: &ColdStart) -> Table {
    let mut table = Table::new([
        "start of",
        "first poll",
        "10 to 90 %",
        "of hello",
        "of stock",
        "first answer",
        "TLS",
        "instructions",
    ]);
    for program in &results.programs {
        let of = |name| {
            ratio(results, program, name).map_or("-".to_owned(), |ratio| format!("{ratio:.2}"))
        };
        table.row([
            program.name.clone(),
            ms(program.poll_ms),
            format!("{} to {}", ms(program.poll_p10_ms), ms(program.poll_p90_ms)),
            of(HELLO),
            of(STOCK),
            ms(program.answer_ms),
            program.greeting_ms.map_or("-".to_owned(), ms),
            program
                .instructions
                .map_or("-".to_owned(), |count| format!("{:.2} M", millions(count))),
        ]);
    }
    table
}

fn requests(results: &ColdStart) -> Table {
    let mut table = Table::new([
        "request",
        "all",
        "until it connects",
        "until it calls",
        "waits for AWS",
        "between calls",
        "answers",
        "calls",
    ]);
    for program in &results.programs {
        for (which, phases) in [("first", &program.first), ("second", &program.second)] {
            let PhasesMs { calls, .. } = phases;
            let times = [
                phases.total,
                phases.before_connecting,
                phases.before_calling,
                phases.backends,
                phases.between_calls,
                phases.answering,
            ];
            let name = format!("{}, {which}", program.name);
            table.row(
                [name]
                    .into_iter()
                    .chain(times.map(ms))
                    .chain([calls.to_string()]),
            );
        }
    }
    table
}

fn packages(results: &ColdStart) -> Table {
    let mut table = Table::new(["package", "zip", "binary", "crates", "TLS stacks"]);
    for Measured { name, package, .. } in &results.programs {
        table.row([
            name.clone(),
            megabytes(package.zip_bytes),
            megabytes(package.binary_bytes),
            package.crates.to_string(),
            package.tls_stacks.join(", "),
        ]);
    }
    table
}

fn start_goals(results: &ColdStart) -> Vec<Goal> {
    let slowest = |other| largest(functions(results).filter_map(|of| ratio(results, of, other)));
    let has_not_one = |of: &&Measured| of.package.tls_stacks.len() != 1;
    #[expect(clippy::cast_precision_loss, reason = "a few")]
    let with_others = functions(results).filter(has_not_one).count() as f64;
    vec![
        Goal::at_most(
            "first poll in that of hello, any function",
            2.0,
            slowest(HELLO),
        ),
        Goal::at_most("the same in that of stock", 0.5, slowest(STOCK)),
        Goal::at_most("functions without exactly one TLS stack", 0.0, with_others),
    ]
}

fn tried(all: &[Tried]) -> Table {
    let header = [
        "tried",
        "first poll",
        "first answer",
        "TLS",
        "instructions",
        "verdict",
    ];
    let mut table = Table::new(header);
    for tried in all {
        let instructions = format!("{:.2} M", tried.instructions);
        let cells = [tried.change.to_owned()]
            .into_iter()
            .chain(tried.ms.map(ms));
        table.row(cells.chain([instructions, tried.verdict.to_owned()]));
    }
    table
}

fn functions(results: &ColdStart) -> impl Iterator<Item = &Measured> {
    let ours = |program: &&Measured| ![HELLO, STOCK].contains(&program.name.as_str());
    results.programs.iter().filter(ours)
}

/// The first poll of `program` in those of the one named.
fn ratio(results: &ColdStart, program: &Measured, name: &str) -> Option<f64> {
    let other = results.programs.iter().find(|other| other.name == name)?;
    Some(program.poll_ms / other.poll_ms)
}

fn ms(ms: f64) -> String {
    format!("{ms:.2}")
}

#[expect(clippy::cast_precision_loss, reason = "shown with two decimals")]
fn millions(count: u64) -> f64 {
    count as f64 / 1e6
}

fn megabytes(bytes: usize) -> String {
    format!("{:.2} MB", millions(bytes as u64))
}
