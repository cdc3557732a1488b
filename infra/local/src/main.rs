//! `cargo run -p local`: the service on this machine.

use std::process::ExitCode;

use clap::Parser;
use local::args::Args;
use local::program;

#[tokio::main]
async fn main() -> ExitCode {
    match program::run(&Args::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("local: {error:#}");
            ExitCode::FAILURE
        }
    }
}
