//! The program: serves until it is told to stop.

use std::io::Write;

use anyhow::Result;
use logout::logging;
use tokio::signal::unix::{SignalKind, signal};

use crate::args::Args;
use crate::greeting;
use crate::stack::Stack;

/// Starts everything, says where it is, and stops it at Ctrl-C or SIGTERM; at the second one at once.
///
/// # Errors
/// See [`Stack::start`]; or something stopped by itself.
pub async fn run(args: &Args) -> Result<()> {
    logging::init();
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut stack = tokio::select! {
        stack = Stack::start(args) => stack?,
        _ = interrupt.recv() => return Ok(()),
        _ = terminate.recv() => return Ok(()),
    };
    say(&greeting::of(&stack));
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
    say("stopped");
    Ok(())
}

/// Prints a text, if anybody is listening.
fn say(text: &str) {
    let _ = writeln!(std::io::stdout(), "{text}");
}
