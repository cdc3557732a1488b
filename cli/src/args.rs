//! The command line. What is said of each command and flag stands in its `--help`.
#![expect(
    clippy::doc_markdown,
    reason = "the comments are shown on terminals, as they are"
)]

mod access;
mod examples;
mod values;

use std::path::PathBuf;

use clap::builder::NonEmptyStringValueParser;
use clap::{ArgGroup, Args as Group, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use logout::ids::{AgentId, JobId, OfAgent, OfJob, OfTeam, TeamId};
use logout::tenant::Tenant;

use values::{Unrepeated, addresses, id, tenant, token_id};

pub use access::{DatabaseArgs, ServiceArgs, TenantArgs};

/// Logs contact-centre agents out, and looks after what that needs: API tokens and the agents table.
///
/// `logout` and `job` call the service over HTTP, as a tenant with an API token. `agents` and `token` read and write the
/// tables, with the credentials of AWS.
#[derive(Debug, Parser)]
#[command(name = "agent-logout", version, after_help = examples::ALL)]
pub struct Args {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What can be done.
#[derive(Debug, Subcommand)]
pub enum Command {
    Logout(LogoutArgs),
    Job(JobArgs),
    /// Import agents, and look at them
    #[command(subcommand, after_help = examples::AGENTS)]
    Agents(AgentsCommand),
    /// Create, list and revoke API tokens
    #[command(subcommand, after_help = examples::TOKEN)]
    Token(TokenCommand),
    Completions(CompletionsArgs),
}

/// Log agents out: those named, those of a team, those at an address
///
/// Whoever is idle is out at once; whoever is on a call or chat finishes it first. A request for many becomes a
/// background job, which is followed to its end.
///
/// Exit codes: 0 everybody is out; 2 somebody finishes a call or chat first (and for a mistake on the command line);
/// 1 anything else, also that nobody was found online, or that the job failed.
#[derive(Debug, Group)]
#[command(after_help = examples::LOGOUT)]
#[command(group = ArgGroup::new("selectors").required(true).multiple(true))]
pub struct LogoutArgs {
    /// Log out this agent; may be given more than once, or several with commas
    #[arg(long, value_name = "ID", group = "selectors", value_delimiter = ',', value_parser = id::<OfAgent>)]
    pub agent: Vec<AgentId>,

    /// Log out the members of this team; likewise
    #[arg(long, value_name = "ID", group = "selectors", value_delimiter = ',', value_parser = id::<OfTeam>)]
    pub team: Vec<TeamId>,

    /// Log out who signed in from this address, CIDR block or range first-last; likewise
    #[arg(long, value_name = "ADDRESSES", group = "selectors", value_delimiter = ',', value_parser = addresses)]
    pub ip: Vec<String>,

    /// Do not follow a job; its number is printed, and the exit code is 0
    #[arg(long)]
    pub no_wait: bool,

    /// Print the service's own answer, in JSON
    #[arg(long)]
    pub json: bool,

    #[command(flatten)]
    pub service: ServiceArgs,
}

/// Follow a background job to its end, and print its counts
///
/// Exit codes: 0 everybody is out (or the job goes on, with --no-wait); 2 somebody finishes a call or chat first;
/// 1 anything else, also that there is no such job, or that it failed.
#[derive(Debug, Group)]
#[command(after_help = examples::JOB)]
pub struct JobArgs {
    /// The number of the job
    #[arg(value_name = "ID", value_parser = id::<OfJob>)]
    pub job: JobId,

    /// Print how far it is, and do not wait for its end
    #[arg(long)]
    pub no_wait: bool,

    /// Print the service's own answer, in JSON
    #[arg(long)]
    pub json: bool,

    #[command(flatten)]
    pub service: ServiceArgs,
}

/// What can be done with agents.
#[derive(Debug, Subcommand)]
pub enum AgentsCommand {
    Import(ImportArgs),
    List(ListAgentsArgs),
    Show(ShowAgentArgs),
}

/// Bring the agents table in line with a file, as JSON Lines or CSV
///
/// The whole file is checked before anything is written; every bad line is listed by its number. It may be repeated.
///
/// An agent who is not in the table is added as the file has them. One who is gets the name, mail address, number and
/// teams of the file (teams that the file does not name any more are left), and keeps everything else: status, session,
/// address, a pending logout. So an import never ends a call or signs anybody in or out. Agents who are not in the file
/// stay as they are.
///
/// Both formats have the same keys: tenant, agent_id, name, email, agent_number, team_ids, status, and ip and
/// online_since for agents who have been online. CSV has them in a header line, in any order, separated by commas, with
/// several teams in one cell as `1;2`.
#[derive(Debug, Group)]
#[command(after_help = examples::IMPORT)]
pub struct ImportArgs {
    /// The file; `-` reads standard input
    #[arg(value_name = "FILE")]
    pub file: PathBuf,

    /// Its format; taken from its name (.csv, .jsonl), or else from its first character
    #[arg(long, value_enum)]
    pub format: Option<Format>,

    #[command(flatten)]
    pub database: DatabaseArgs,
}

/// How agents are written down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Comma-separated values with a header line
    Csv,
    /// JSON Lines: one JSON object a line
    Jsonl,
}

/// List the agents of a tenant, by id
///
/// Given more than one filter, agents must pass each; given one more than once, one of its values will do. Without --team
/// and --ip the whole table is read.
#[derive(Debug, Group)]
#[command(after_help = examples::LIST_AGENTS)]
pub struct ListAgentsArgs {
    /// Only members of this team; may be given more than once, or several with commas
    #[arg(long, value_name = "ID", value_delimiter = ',', value_parser = id::<OfTeam>)]
    pub team: Vec<TeamId>,

    /// Only who signed in from this address, CIDR block or range first-last, last time they did; likewise
    #[arg(long, value_name = "ADDRESSES", value_delimiter = ',', value_parser = addresses)]
    pub ip: Vec<String>,

    /// Only with this status, in whatever case: Offline, In-call, …; likewise
    #[arg(long, value_delimiter = ',', value_parser = NonEmptyStringValueParser::new())]
    pub status: Vec<String>,

    /// Print a JSON array
    #[arg(long)]
    pub json: bool,

    #[command(flatten)]
    pub tenant: TenantArgs,
    #[command(flatten)]
    pub database: DatabaseArgs,
}

/// Show one agent, with pending and last logout
#[derive(Debug, Group)]
#[command(after_help = examples::SHOW_AGENT)]
pub struct ShowAgentArgs {
    /// The agent
    #[arg(value_name = "ID", value_parser = id::<OfAgent>)]
    pub agent: AgentId,

    /// Print a JSON object
    #[arg(long)]
    pub json: bool,

    #[command(flatten)]
    pub tenant: TenantArgs,
    #[command(flatten)]
    pub database: DatabaseArgs,
}

/// What can be done with tokens.
#[derive(Debug, Subcommand)]
pub enum TokenCommand {
    Create(CreateTokenArgs),
    List(ListTokensArgs),
    Revoke(RevokeTokenArgs),
}

/// Create a token, and print its password: once, as it is kept nowhere
///
/// The user name is the tenant. A token of the same id is never replaced.
#[derive(Debug, Group)]
#[command(after_help = examples::CREATE_TOKEN)]
pub struct CreateTokenArgs {
    /// What to call it: letters, digits, - and _; made up if it is left out
    #[arg(long, value_parser = Unrepeated(token_id))]
    pub id: Option<String>,

    /// Print a JSON object
    #[arg(long)]
    pub json: bool,

    #[command(flatten)]
    pub tenant: TenantArgs,
    #[command(flatten)]
    pub database: DatabaseArgs,
}

/// List tokens, by tenant and age; nothing of their secrets
#[derive(Debug, Group)]
#[command(after_help = examples::LIST_TOKENS)]
pub struct ListTokensArgs {
    /// Only those of this tenant
    #[arg(long, value_parser = tenant)]
    pub tenant: Option<Tenant>,

    /// Print a JSON array
    #[arg(long)]
    pub json: bool,

    #[command(flatten)]
    pub database: DatabaseArgs,
}

/// End a token; within 60 seconds no function takes it any more
#[derive(Debug, Group)]
#[command(after_help = examples::REVOKE_TOKEN)]
pub struct RevokeTokenArgs {
    /// The part of the password before the first dot
    #[arg(value_name = "ID", value_parser = Unrepeated(token_id))]
    pub id: String,

    #[command(flatten)]
    pub database: DatabaseArgs,
}

/// Print a script that lets a shell complete this command
#[derive(Debug, Group)]
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
    fn the_command_line_is_sound() {
        Args::command().debug_assert();
    }

    #[test]
    fn every_command_has_examples_in_its_help() {
        fn check(command: &clap::Command) {
            let help = command.get_after_help().map(ToString::to_string);
            let help = help.unwrap_or_default();
            assert!(help.contains("agent-logout"), "{}", command.get_name());
            command.get_subcommands().for_each(check);
        }
        check(&Args::command());
    }
}
