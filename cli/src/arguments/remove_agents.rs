//! `agents remove`.

use clap::Args;
use domain::ids::{AgentId, OfAgent};

use super::aws::DatabaseArgs;
use super::caller::TenantArgs;
use super::examples;
use super::values::id;

/// Remove agents who have left, with everything that the tables hold about them
///
/// The agent's name, mail address, number, teams, address, status and logouts are deleted, which cannot be undone.
/// Jobs keep the ids of their agents until they expire; an agent who is removed before a job reaches them counts as not
/// found. An agent who appears in an import again is added again.
///
/// Agents who are online are kept, as they could not be logged out any more: log them out first. --include-online
/// removes them all the same.
///
/// It asks before it removes anybody; without a terminal, as in a script, it needs --yes.
#[derive(Debug, Args)]
#[command(after_help = examples::REMOVE_AGENTS)]
pub struct RemoveAgentsArgs {
    /// The agents; separate several by spaces or commas
    #[arg(value_name = "ID", required = true, value_delimiter = ',', value_parser = id::<OfAgent>)]
    pub agents: Vec<AgentId>,

    /// Remove agents who are online too
    #[arg(long)]
    pub include_online: bool,

    /// Do not ask
    #[arg(long, short)]
    pub yes: bool,

    /// Print a JSON array with the result of each agent: removed, not_found or online
    #[arg(long)]
    pub json: bool,

    #[command(flatten)]
    pub tenant: TenantArgs,
    #[command(flatten)]
    pub database: DatabaseArgs,
}
