//! The program: it runs until it is stopped.

use anyhow::Result;
use service::lambda::logging;
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::args::Args;
use crate::greeting;
use crate::output::print;
use crate::stack::Stack;

/// Starts everything, prints the greeting, and stops at Ctrl-C, SIGTERM or SIGHUP (the terminal was closed); immediately at the
/// second one.
///
/// # Errors
/// See [`Stack::start`]; or a part of the stack failed.
pub async fn run(args: &Args) -> Result<()> {
    logging::init();
    let mut signals = StopSignals::new()?;
    let mut stack = tokio::select! {
        stack = Stack::start(args) => stack?,
        () = signals.next() => return Ok(()),
    };
    print(greeting::of(&stack));
    tokio::select! {
        () = signals.next() => {}
        error = stack.failed() => return Err(error),
    }
    tokio::select! {
        stopped = stack.stop() => stopped?,
        () = signals.next() => {}
    }
    print("stopped");
    Ok(())
}

/// The signals that stop the program.
struct StopSignals {
    interrupt: Signal,
    terminate: Signal,
    hang_up: Signal,
}

impl StopSignals {
    fn new() -> Result<Self> {
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
            hang_up: signal(SignalKind::hangup())?,
        })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
            _ = self.hang_up.recv() => {}
        }
    }
}
