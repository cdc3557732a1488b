//! The program: it runs until it is stopped.

use std::io::Write;

use anyhow::Result;
use service::lambda::logging;
use tokio::signal::unix::{SignalKind, signal};

use crate::args::Args;
use crate::greeting;
use crate::stack::Stack;

/// Starts everything, prints the greeting, and stops at Ctrl-C or SIGTERM; immediately at the second one.
///
/// # Errors
/// See [`Stack::start`]; or a part of the stack failed.
pub async fn run(args: &Args) -> Result<()> {
    logging::init();
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut stack = tokio::select! {
        stack = Stack::start(args) => stack?,
        _ = interrupt.recv() => return Ok(()),
        _ = terminate.recv() => return Ok(()),
    };
    print(&greeting::of(&stack));
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
        error = stack.failed() => return Err(error),
    }
    tokio::select! {
        stopped = stack.stop() => stopped?,
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
    print("stopped");
    Ok(())
}

/// Prints a text; an error is ignored, as standard output may be closed.
fn print(text: &str) {
    let _ = writeln!(std::io::stdout(), "{text}");
}
