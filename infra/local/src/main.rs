//! `cargo run -p local`: the service on this machine.

use std::process::ExitCode;

use clap::Parser;
use local::args::Args;
use local::{output, program};

#[tokio::main]
async fn main() -> ExitCode {
    match program::run(&Args::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            output::print_error(format_args!("local: {error:#}"));
            ExitCode::FAILURE
        }
    }
}
