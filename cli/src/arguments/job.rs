//! `job`.

use clap::Args;
use domain::ids::{JobId, OfJob};

use super::caller::ServiceArgs;
use super::examples;
use super::times::TimesArgs;
use super::values::id;

/// Follow a background job to its end, and print its counts
#[derive(Debug, Args)]
#[command(after_help = examples::JOB)]
pub struct JobArgs {
    /// The number of the job
    #[arg(value_name = "ID", value_parser = id::<OfJob>)]
    pub job: JobId,

    /// Print the counts as they are now, and do not wait for the end
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
