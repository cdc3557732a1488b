//! `job`: follows a background job, or asks for it once.

use anyhow::Result;

use super::follow_job::{exit_status, follow_job, print_counts};
use super::refused::print_refusal;
use crate::api::client::ServiceClient;
use crate::arguments::job::JobArgs;
use crate::exit_status::ExitStatus;
use crate::settings::service::ServiceSettings;
use crate::terminal::output::print_json;
use crate::terminal::times::Times;

/// Prints the counts of a job, by default at its end.
pub async fn run(args: &JobArgs) -> Result<ExitStatus> {
    let ended = show_job(args).await;
    if args.json {
        print_refusal(&ended)?;
    }
    ended
}

async fn show_job(args: &JobArgs) -> Result<ExitStatus> {
    let service = ServiceClient::new(ServiceSettings::read(&args.service)?)?;
    let (mut job, mut body) = service.get_job(args.job).await?;
    if !args.no_wait && !job.has_ended() {
        (job, body) = follow_job(&service, args.job).await?;
    }
    if args.json {
        print_json(&body)?;
    } else {
        print_counts(&job, &Times::of(&args.times))?;
    }
    exit_status(&job)
}
