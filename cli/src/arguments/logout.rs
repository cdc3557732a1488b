//! `logout`.

use clap::{ArgGroup, Args};
use domain::ids::{AgentId, OfAgent, OfTeam, TeamId};

use super::caller::ServiceArgs;
use super::examples;
use super::values::{addresses, id};

/// Log out agents: by id, by team, by address
///
/// Idle agents are logged out at once; busy agents finish their call or chat first. A request for many agents becomes a
/// background job, which this command follows to its end.
///
/// Exit codes: 0 all agents are logged out; 2 some agents finish a call or chat first (also for a mistake on the command
/// line); 1 anything else, for example that no matching agent is online, or that the job failed.
#[derive(Debug, Args)]
#[command(after_help = examples::LOGOUT)]
#[command(group = ArgGroup::new("selectors").required(true).multiple(true))]
pub struct LogoutArgs {
    /// Log out this agent; for several: repeat, or use commas
    #[arg(long, value_name = "ID", group = "selectors", value_delimiter = ',', value_parser = id::<OfAgent>)]
    pub agent: Vec<AgentId>,

    /// Log out the members of this team; for several: repeat, or use commas
    #[arg(long, value_name = "ID", group = "selectors", value_delimiter = ',', value_parser = id::<OfTeam>)]
    pub team: Vec<TeamId>,

    /// Log out the agents who signed in from this address, CIDR block or range first-last; for several: repeat, or use
    /// commas
    #[arg(long, value_name = "ADDRESSES", group = "selectors", value_delimiter = ',', value_parser = addresses)]
    pub ip: Vec<String>,

    /// Do not follow a job: print its number and exit with 0
    #[arg(long)]
    pub no_wait: bool,

    /// Print the service's answer, in JSON
    #[arg(long)]
    pub json: bool,

    #[command(flatten)]
    pub service: ServiceArgs,
}
