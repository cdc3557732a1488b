//! The whole command line.

use clap::{Args, Parser, Subcommand};
use clap_complete::Shell;

use super::agents::AgentsCommand;
use super::examples;
use super::job::JobArgs;
use super::logout::LogoutArgs;
use super::presence::PresenceCommand;
use super::teams::TeamsCommand;
use super::token::TokenCommand;

/// Log contact-centre agents out, and manage agents and API tokens
///
/// `logout` and `job` call the service over HTTP, as a tenant with an API token. The other commands use AWS credentials:
/// `agents`, `teams` and `token` read and write the tables, `presence` sends to the queue of presence events.
#[derive(Debug, Parser)]
#[command(name = "agent-logout", version, max_term_width = 100, after_help = examples::ALL)]
pub struct CommandLine {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    Logout(LogoutArgs),
    Job(JobArgs),
    /// Import, list, show and remove agents
    #[command(subcommand, after_help = examples::AGENTS)]
    Agents(AgentsCommand),
    /// Name teams, and list the names
    #[command(subcommand, after_help = examples::TEAMS)]
    Teams(TeamsCommand),
    /// Send presence events
    #[command(subcommand, after_help = examples::PRESENCE)]
    Presence(PresenceCommand),
    /// Create, list and revoke API tokens
    #[command(subcommand, after_help = examples::TOKEN)]
    Token(TokenCommand),
    Completions(CompletionsArgs),
}

/// Print a script that lets a shell complete this command
#[derive(Debug, Args)]
#[command(after_help = examples::COMPLETIONS)]
pub struct CompletionsArgs {
    /// The shell
    pub shell: Shell,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_has_no_contradictions() {
        CommandLine::command().debug_assert();
    }

    #[test]
    fn the_help_of_every_command_has_examples() {
        fn check(command: &clap::Command) {
            let help = command.get_after_help().map(ToString::to_string);
            let help = help.unwrap_or_default();
            assert!(help.contains("agent-logout"), "{}", command.get_name());
            command.get_subcommands().for_each(check);
        }
        check(&CommandLine::command());
    }
}
