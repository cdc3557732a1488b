//! `agents`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use domain::ids::{AgentId, OfAgent, OfTeam, TeamId};

use super::aws::DatabaseArgs;
use super::caller::TenantArgs;
use super::examples;
use super::remove_agents::RemoveAgentsArgs;
use super::times::TimesArgs;
use super::values::{addresses, id, status_filter};

/// The commands about agents.
#[derive(Debug, Subcommand)]
pub enum AgentsCommand {
    Import(ImportAgentsArgs),
    List(ListAgentsArgs),
    Show(ShowAgentArgs),
    Remove(RemoveAgentsArgs),
}

/// Add and update agents from a file in JSON Lines or CSV
///
/// The whole file is checked before anything is written; every bad line is listed by its number. An import can be
/// repeated.
///
/// An agent who is not in the table is added as the file has them. An agent who is in the table gets the name, mail
/// address, number and teams of the file (and leaves the teams that the file does not name any more), and keeps
/// everything else: status, session, address, a pending logout. So an import never ends a call, and signs nobody in or
/// out. Agents who are not in the file stay as they are.
///
/// Both formats have the same keys: tenant, agent_id, name, email, agent_number, team_ids, status, and, for agents who
/// have been online, ip and online_since. CSV has them in a header line, in any order, separated by commas, and several
/// teams in one cell as `1;2`.
#[derive(Debug, Args)]
#[command(after_help = examples::IMPORT_AGENTS)]
pub struct ImportAgentsArgs {
    /// The file; `-` reads standard input
    #[arg(value_name = "FILE")]
    pub file: PathBuf,

    /// The format; by default the file name decides (.csv, .jsonl), or else the first character of the file
    #[arg(long, value_enum)]
    pub format: Option<RosterFormat>,

    #[command(flatten)]
    pub database: DatabaseArgs,
}

/// The format of a file of agents.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum RosterFormat {
    /// Comma-separated values with a header line
    Csv,
    /// JSON Lines: one JSON object on each line
    #[value(name = "jsonl")]
    JsonLines,
}

/// List the agents of a tenant, by id
///
/// With several filters, an agent must pass each of them; with several values for one filter, one of them is enough.
/// Without --team and --ip the whole table is read.
#[derive(Debug, Args)]
#[command(after_help = examples::LIST_AGENTS)]
pub struct ListAgentsArgs {
    /// Only members of this team; for several: repeat, or use commas
    #[arg(long, value_name = "ID", value_delimiter = ',', value_parser = id::<OfTeam>)]
    pub team: Vec<TeamId>,

    /// Only agents whose last sign-in came from this address, CIDR block or range first-last; for several: repeat, or
    /// use commas
    #[arg(long, value_name = "ADDRESSES", value_delimiter = ',', value_parser = addresses)]
    pub ip: Vec<String>,

    /// Only agents with this status: Offline, In-call, …; case, spaces and dashes do not matter. For several: repeat, or
    /// use commas
    #[arg(long, value_delimiter = ',', value_parser = status_filter)]
    pub status: Vec<String>,

    /// Print a JSON array
    #[arg(long)]
    pub json: bool,

    #[command(flatten)]
    pub times: TimesArgs,
    #[command(flatten)]
    pub tenant: TenantArgs,
    #[command(flatten)]
    pub database: DatabaseArgs,
}

/// Show one agent, with the pending and the last logout
#[derive(Debug, Args)]
#[command(after_help = examples::SHOW_AGENT)]
pub struct ShowAgentArgs {
    /// The agent
    #[arg(value_name = "ID", value_parser = id::<OfAgent>)]
    pub agent: AgentId,

    /// Print a JSON object
    #[arg(long)]
    pub json: bool,

    #[command(flatten)]
    pub times: TimesArgs,
    #[command(flatten)]
    pub tenant: TenantArgs,
    #[command(flatten)]
    pub database: DatabaseArgs,
}
