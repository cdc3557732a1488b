//! `logout`: logs agents out, and prints the outcome of each.

mod confirmation;
pub(super) mod outcome;
mod selectors;
mod selectors_file;

use anyhow::Result;
use domain::ids::JobId;

use super::follow_job::{exit_status, follow_job, print_counts};
use super::refused::print_refusal;
use crate::api::client::ServiceClient;
use crate::api::logout_answer::{EarlierAttempts, LogoutAnswer};
use crate::arguments::logout::LogoutArgs;
use crate::exit_status::ExitStatus;
use crate::settings::service::ServiceSettings;
use crate::terminal::output::{print, print_json, print_notice};
use crate::terminal::times::Times;

/// Logs out the agents that the selectors match.
pub async fn run(args: &LogoutArgs) -> Result<ExitStatus> {
    let ended = log_out(args).await;
    if args.json {
        print_refusal(&ended)?;
    }
    ended
}

async fn log_out(args: &LogoutArgs) -> Result<ExitStatus> {
    let selectors = selectors::gather(args)?;
    let service = ServiceClient::new(ServiceSettings::read(&args.service)?)?;
    if !args.yes {
        confirmation::ask(&selectors)?;
    }
    let (answer, earlier, body) = service.log_out(&selectors).await?;
    if args.json && (args.no_wait || !matches!(answer, LogoutAnswer::Job(_))) {
        print_json(&body)?;
    }
    match answer {
        LogoutAnswer::Rows(rows) => {
            if !args.json {
                print(&outcome::row_table(&rows))?;
            }
            Ok(outcome::print_summary(&selectors, &rows, earlier))
        }
        LogoutAnswer::NoAgentFound => Ok(outcome::print_nobody_online(&selectors, earlier)),
        LogoutAnswer::Job(job_id) if args.no_wait => {
            if !args.json {
                print(&format!("job {job_id}"))?;
            }
            Ok(ExitStatus::Done)
        }
        LogoutAnswer::Job(job_id) => follow_new_job(&service, job_id, earlier, args).await,
    }
}

async fn follow_new_job(
    service: &ServiceClient,
    job_id: JobId,
    earlier: EarlierAttempts,
    args: &LogoutArgs,
) -> Result<ExitStatus> {
    print_notice(&format!(
        "agent-logout: too many agents to wait for, so this is job {job_id}; it continues if this command is stopped"
    ));
    let (job, body) = follow_job(service, job_id).await?;
    if args.json {
        print_json(&body)?;
    } else {
        print_counts(&job, &Times::of(&args.times))?;
    }
    if job.status == "completed" && job.logged_out + job.deferred == 0 {
        outcome::print_nobody_touched(earlier);
    }
    exit_status(&job)
}
