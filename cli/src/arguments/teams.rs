//! `teams`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::aws::DatabaseArgs;
use super::caller::TenantArgs;
use super::examples;

/// The commands about teams.
#[derive(Debug, Subcommand)]
pub enum TeamsCommand {
    Import(ImportTeamsArgs),
    List(ListTeamsArgs),
}

/// Name teams, from a file in JSON Lines or CSV
///
/// The whole file is checked before anything is written. A team that has a name gets that of the file; teams that are
/// not in the file keep theirs. Who is in a team is imported with the agents.
///
/// Both formats have the same keys: tenant, team_id, name. CSV has them in a header line, in any order, separated by
/// commas. What `teams list --json` prints can be imported, too.
#[derive(Debug, Args)]
#[command(after_help = examples::IMPORT_TEAMS)]
pub struct ImportTeamsArgs {
    /// The file; `-` reads standard input
    #[arg(value_name = "FILE")]
    pub file: PathBuf,

    #[command(flatten)]
    pub database: DatabaseArgs,
}

/// List the teams of a tenant that have a name, by id
#[derive(Debug, Args)]
#[command(after_help = examples::LIST_TEAMS)]
pub struct ListTeamsArgs {
    /// Print a JSON array
    #[arg(long)]
    pub json: bool,

    #[command(flatten)]
    pub tenant: TenantArgs,
    #[command(flatten)]
    pub database: DatabaseArgs,
}
