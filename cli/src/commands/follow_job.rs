//! Following a background job to its end, for `logout` and `job`.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use domain::ids::JobId;
use serde_json::Value;
use wire::http::JobBody;

use crate::api::client::ServiceClient;
use crate::api::job_poll::JobPoll;
use crate::exit_status::ExitStatus;
use crate::terminal::output::{count, print, printable};
use crate::terminal::progress::{advance, spinner};
use crate::terminal::times::Times;

/// The first wait between two polls; each wait is half as long again as the one before.
const FIRST_WAIT: Duration = Duration::from_millis(100);
/// The longest wait between two polls.
const MAX_WAIT: Duration = Duration::from_secs(2);
/// A job is followed for at most this long without an answer.
const MAX_TIME_WITHOUT_ANSWER: Duration = Duration::from_mins(1);
/// A job that was just accepted may not be found for at most this long: a guess, many times what writing it takes.
const MAX_TIME_NOT_FOUND: Duration = Duration::from_secs(5);

/// Polls a job until it ends. Polls without an answer are repeated.
///
/// # Errors
/// The job cannot be followed any more; it continues nevertheless.
pub async fn follow_job(service: &ServiceClient, job_id: JobId) -> Result<(JobBody, Value)> {
    let progress = spinner(&format!("job {job_id}"));
    let lost = || format!("cannot follow job {job_id}, which continues nevertheless");
    let mut wait = FIRST_WAIT;
    let mut last_found_at = Instant::now();
    loop {
        match service.poll_job(job_id).await.with_context(lost)? {
            JobPoll::Found(job, body) => {
                last_found_at = Instant::now();
                advance(&progress, job.agents_with_outcome(), job.total);
                if job.has_ended() {
                    progress.finish_and_clear();
                    return Ok((job, body));
                }
            }
            JobPoll::NoSuchJob(error) if last_found_at.elapsed() > MAX_TIME_NOT_FOUND => {
                return Err(error.context(lost()));
            }
            JobPoll::NoAnswer(error) if last_found_at.elapsed() > MAX_TIME_WITHOUT_ANSWER => {
                return Err(error.context(lost()));
            }
            JobPoll::NoSuchJob(_) | JobPoll::NoAnswer(_) => {}
        }
        tokio::time::sleep(wait).await;
        wait = wait.mul_f64(1.5).min(MAX_WAIT);
    }
}

/// Prints the status, the times and the counts of a job.
///
/// # Errors
/// They cannot be written.
pub fn print_counts(job: &JobBody, times: &Times) -> Result<()> {
    let total = job
        .total
        .map_or("not known yet".to_owned(), |total| total.to_string());
    let line = |name: &str, value: &str| format!("{name:<12}{}\n", printable(value));
    let mut text = line("job", &job.id.to_string()) + &line("status", &job.status);
    for (name, time) in [("created", &job.created_at), ("finished", &job.finished_at)] {
        if let Some(time) = time {
            text += &line(name, &times.show_text(time));
        }
    }
    text += &line("total", &total);
    text += &line("logged out", &job.logged_out.to_string());
    text += &line("deferred", &job.deferred.to_string());
    text += &line("skipped", &job.skipped.to_string());
    print(text.trim_end())
}

/// The exit status for a job in this state.
///
/// # Errors
/// The job failed.
pub fn exit_status(job: &JobBody) -> Result<ExitStatus> {
    if job.status == "failed" {
        let left = job
            .total
            .map(|total| total.saturating_sub(job.agents_with_outcome()));
        let left = left.map_or("its agents".to_owned(), |left| {
            count(usize::try_from(left).unwrap_or(usize::MAX), "agent")
        });
        bail!(
            "job {} was not completed within an hour; {left} may still be online",
            job.id
        );
    }
    if job.status == "completed" && job.deferred > 0 {
        return Ok(ExitStatus::LogoutsPending);
    }
    Ok(ExitStatus::Done)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn job(status: &str, deferred: u64) -> JobBody {
        let text = format!(
            r#"{{"id":7,"status":"{status}","total":10,"logged_out":5,"deferred":{deferred},"skipped":1}}"#
        );
        serde_json::from_str(&text).unwrap()
    }

    #[test]
    fn the_exit_status_says_how_a_job_ended() {
        let status = |job| exit_status(&job).unwrap();
        assert_eq!(status(job("completed", 0)), ExitStatus::Done);
        assert_eq!(status(job("completed", 1)), ExitStatus::LogoutsPending);
        assert_eq!(status(job("in_progress", 1)), ExitStatus::Done);
        let failed = exit_status(&job("failed", 1)).unwrap_err().to_string();
        assert_eq!(
            failed,
            "job 7 was not completed within an hour; 3 agents may still be online"
        );
    }
}
