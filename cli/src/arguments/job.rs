//! `job`.

use clap::Args;
use domain::ids::{JobId, OfJob};

use super::caller::ServiceArgs;
use super::examples;
use super::values::id;

/// Follow a background job to its end, and print its counts
///
/// Exit codes: 0 all agents are logged out (or the job is still running, with --no-wait); 2 some agents finish a call or
/// chat first; 1 anything else, for example that there is no such job, or that it failed.
#[derive(Debug, Args)]
#[command(after_help = examples::JOB)]
pub struct JobArgs {
    /// The number of the job
    #[arg(value_name = "ID", value_parser = id::<OfJob>)]
    pub job: JobId,

    /// Print the counts as they are now, and do not wait for the end
    #[arg(long)]
    pub no_wait: bool,

    /// Print the service's answer, in JSON
    #[arg(long)]
    pub json: bool,

    #[command(flatten)]
    pub service: ServiceArgs,
}
