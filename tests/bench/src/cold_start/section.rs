//! The section of the document.

use super::programs::{HELLO, STOCK};
use super::tried::{BUILDING, SETTING_UP, Tried};
use super::{ColdStart, Measured, PhasesMs};
use crate::document::{Document, Table};

/// The first poll comes within that many times hello world's.
const GOAL_TO_HELLO: f64 = 2.0;
/// The first poll comes within that much of the stock set-up's.
const GOAL_TO_STOCK: f64 = 0.5;
/// So many TLS stacks are in a function.
const GOAL_TLS_STACKS: usize = 1;

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
    document.paragraph("Goals:");
    document.table(goals(results));
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

fn goals(results: &ColdStart) -> Table {
    let mut table = Table::new([
        "function",
        "first poll within 2x of hello",
        "and 0.5x of stock",
        "one TLS stack",
    ]);
    for program in functions(results) {
        let stacks = program.package.tls_stacks.len();
        table.row([
            program.name.clone(),
            verdict(ratio(results, program, HELLO), GOAL_TO_HELLO),
            verdict(ratio(results, program, STOCK), GOAL_TO_STOCK),
            if stacks == GOAL_TLS_STACKS {
                "met".to_owned()
            } else {
                format!("missed: {stacks}")
            },
        ]);
    }
    table
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

fn verdict(ratio: Option<f64>, goal: f64) -> String {
    match ratio {
        Some(ratio) if ratio <= goal => format!("met: {ratio:.2}"),
        Some(ratio) => format!(
            "missed: {ratio:.2}, {:.0} % over",
            (ratio / goal - 1.0) * 100.0
        ),
        None => "not measured".to_owned(),
    }
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
