//! `agent-logout`: the operator's command.

mod agents;
mod args;
mod completions;
mod config_file;
mod connection;
mod csv_roster;
mod database;
mod environment;
mod follow;
mod force_logout_api;
mod import;
mod job;
mod log_out;
mod output;
mod token;

use std::process::ExitCode;

use anyhow::Result;
use clap::Parser;

use args::{AgentsCommand, Args, Command, TokenCommand};
use output::say;

/// How a command ended that did not fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ending {
    /// Everything is done.
    Done,
    /// Somebody finishes a call or chat first.
    Deferred,
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(Args::parse().command).await {
        Ok(Ending::Done) => ExitCode::SUCCESS,
        Ok(Ending::Deferred) => ExitCode::from(2),
        Err(error) => {
            say(&format!("agent-logout: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

async fn run(command: Command) -> Result<Ending> {
    match command {
        Command::Logout(args) => return log_out::run(&args).await,
        Command::Job(args) => return job::run(&args).await,
        Command::Agents(AgentsCommand::Import(args)) => import::run(&args).await?,
        Command::Agents(AgentsCommand::List(args)) => agents::list(&args).await?,
        Command::Agents(AgentsCommand::Show(args)) => agents::show(&args).await?,
        Command::Token(TokenCommand::Create(args)) => token::create(&args).await?,
        Command::Token(TokenCommand::List(args)) => token::list(&args).await?,
        Command::Token(TokenCommand::Revoke(args)) => token::revoke(&args).await?,
        Command::Completions(args) => completions::print_script(args.shell)?,
    }
    Ok(Ending::Done)
}
