//! `logout`.

use std::path::PathBuf;

use clap::{ArgGroup, Args};
use domain::ids::{AgentId, OfAgent, OfTeam, TeamId};

use super::caller::ServiceArgs;
use super::examples;
use super::times::TimesArgs;
use super::values::{addresses, id};

/// Log out agents: by id, by team, by address
///
/// Idle agents are logged out at once; busy agents finish their call or chat first. A request for many agents becomes a
/// background job, which this command follows to its end.
///
/// On a terminal, it asks before more than 100 agents may be logged out: for more ids than that, and for every team
/// and address, as only the service knows who is there. Without a terminal, as in a script, it does not ask.
///
/// Agents who were asked for by id and are offline or unknown are named. They are no failure.
#[derive(Debug, Args)]
#[command(after_help = examples::LOGOUT)]
// The generated one does not fit 80 columns, and is not wrapped.
#[command(override_usage = "agent-logout logout <--agent|--team|--ip|--from> <VALUE>... [OPTIONS]")]
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

    /// Log out whom this file selects, too; `-` reads standard input. Each line has an agent id, `team ID`, or an
    /// address, CIDR block or range; blank lines and what follows a # are skipped
    #[arg(long, value_name = "FILE", group = "selectors")]
    pub from: Option<PathBuf>,

    /// Do not ask before many agents are logged out
    #[arg(long, short)]
    pub yes: bool,

    /// Do not follow a job: print its number and exit with 0
    #[arg(long)]
    pub no_wait: bool,

    /// Print the service's answer, in JSON; also an answer that says why the request failed
    #[arg(long)]
    pub json: bool,

    #[command(flatten)]
    pub times: TimesArgs,
    #[command(flatten)]
    pub service: ServiceArgs,
}
