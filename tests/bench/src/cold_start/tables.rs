//! Cold starts in the documents.

use ledger::goals::{Goal, largest};

use super::programs::{HELLO, STOCK};
use super::{ColdStart, Measured};
use crate::document::table;

impl ColdStart {
    /// The first poll of a program in that of another one.
    fn ratio(&self, program: &Measured, name: &str) -> f64 {
        let other = self.programs.iter().find(|other| other.name == name);
        other.map_or(f64::NAN, |other| {
            program.first_poll_ms / other.first_poll_ms
        })
    }
}

/// First polls, first answers, and what else was measured.
pub fn starts(results: &ColdStart) -> String {
    let decimals = |number: f64| format!("{number:.2}");
    let millions = |count: f64| format!("{:.2} M", count / 1e6);
    let row = |program: &Measured| {
        let instructions = program.instructions.map(|count| millions(count as f64));
        [
            program.name.clone(),
            decimals(program.first_poll_ms),
            decimals(results.ratio(program, HELLO)),
            decimals(results.ratio(program, STOCK)),
            decimals(program.first_answer_ms),
            decimals(program.second_request_ms),
            program.tls_ms.map_or("-".to_owned(), decimals),
            instructions.unwrap_or_else(|| "-".to_owned()),
            format!("{}B", millions(program.zip_bytes as f64)),
        ]
    };
    let header = "ms | first poll | in that of hello | in that of stock | first answer | second request | TLS | \
                  instructions | zip";
    table(header, results.programs.iter().map(row))
}

/// How soon functions should poll.
pub fn goals(results: &ColdStart) -> Vec<Goal> {
    let functions = || {
        let is_function = |program: &&Measured| ![HELLO, STOCK].contains(&program.name.as_str());
        results.programs.iter().filter(is_function)
    };
    let slowest = |other| largest(functions().map(|program| results.ratio(program, other)));
    let goals = [
        (
            "first poll of any function in that of hello",
            2.0,
            slowest(HELLO),
        ),
        ("the same in that of stock", 0.5, slowest(STOCK)),
    ];
    goals.map(Goal::at_most).to_vec()
}
