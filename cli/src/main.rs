//! `agent-logout`: the operator's command. Its modules, in reading order:
//!
//! - [`arguments`]: the commands, their flags and their help
//! - [`commands`]: what each command does
//! - [`settings`]: the service's URL, the tenant and the token, from flags, environment variables and the config file
//! - [`api`]: the service, called over HTTP
//! - [`aws`]: the tables and the queue `presence`, reached with AWS credentials
//! - [`rosters`]: agents and teams in CSV and JSON Lines files
//! - [`terminal`]: results, tables, times, notices, questions and progress bars
//! - [`text_file`], [`http_url`], [`clock`], [`exit_status`]: a small thing each

mod api;
mod arguments;
mod aws;
mod clock;
mod commands;
mod exit_status;
mod http_url;
mod rosters;
mod settings;
mod terminal;
mod text_file;

use std::process::ExitCode;

use anyhow::Result;
use clap::Parser;

use arguments::agents::AgentsCommand;
use arguments::command_line::{Command, CommandLine};
use arguments::presence::PresenceCommand;
use arguments::teams::TeamsCommand;
use arguments::token::TokenCommand;
use commands::{
    agents, completions, import_agents, job, logout, presence, remove_agents, teams, token,
};
use exit_status::ExitStatus;
use terminal::output::print_notice;

#[tokio::main]
async fn main() -> ExitCode {
    let error = match run(CommandLine::parse().command).await {
        Ok(status) => return status.into(),
        Err(error) => error,
    };
    match error.downcast::<clap::Error>() {
        Ok(wrong_usage) => wrong_usage.exit(),
        Err(error) => {
            print_notice(&format!("agent-logout: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

async fn run(command: Command) -> Result<ExitStatus> {
    match command {
        Command::Logout(args) => return logout::run(&args).await,
        Command::Job(args) => return job::run(&args).await,
        Command::Agents(AgentsCommand::Import(args)) => import_agents::run(&args).await?,
        Command::Agents(AgentsCommand::List(args)) => agents::list(&args).await?,
        Command::Agents(AgentsCommand::Show(args)) => agents::show(&args).await?,
        Command::Agents(AgentsCommand::Remove(args)) => remove_agents::run(&args).await?,
        Command::Teams(TeamsCommand::Import(args)) => teams::import(&args).await?,
        Command::Teams(TeamsCommand::List(args)) => teams::list(&args).await?,
        Command::Presence(PresenceCommand::Send(event)) => presence::send(&event).await?,
        Command::Token(TokenCommand::Create(args)) => token::create(&args).await?,
        Command::Token(TokenCommand::List(args)) => token::list(&args).await?,
        Command::Token(TokenCommand::Revoke(args)) => token::revoke(&args).await?,
        Command::Completions(args) => completions::print_script(args.shell)?,
    }
    Ok(ExitStatus::Done)
}
