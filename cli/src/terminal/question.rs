//! Questions to the person at the terminal.

use std::io::{self, IsTerminal, Write};

use anyhow::{Context, Result};

/// True if there is a person to ask: standard input and standard error, where questions are shown, are a terminal.
pub fn can_ask() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}

/// Asks a question, and returns whether the answer is yes. The end of the input means no.
///
/// # Errors
/// The answer cannot be read.
pub fn is_confirmed(question: &str) -> Result<bool> {
    let mut shown = io::stderr();
    let written = write!(shown, "{question} ").and_then(|()| shown.flush());
    written.context("cannot ask")?;
    let mut answer = String::new();
    let read = io::stdin().read_line(&mut answer);
    read.context("cannot read the answer")?;
    if !answer.ends_with('\n') {
        let _ = writeln!(shown);
    }
    Ok(["y", "yes"].contains(&answer.trim().to_lowercase().as_str()))
}
