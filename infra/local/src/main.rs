//! `cargo run -p local`: the service on this machine.

use std::io::Write;
use std::process::ExitCode;

use anyhow::Result;
use clap::Parser;
use local::args::Args;
use local::greeting;
use local::stack::Stack;
use tokio::signal::unix::{SignalKind, signal};

#[tokio::main]
async fn main() -> ExitCode {
    logout::logging::init();
    match run(&Args::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("local: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run(args: &Args) -> Result<()> {
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
    // A second signal ends it at once.
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
