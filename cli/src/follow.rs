//! Following a job to its end.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use logout::ids::JobId;
use serde_json::Value;

use crate::Ending;
use crate::force_logout_api::{Job, Look, Service};
use crate::output::{count, print, printable, progress_bar};

/// The first look is repeated after that long; each wait is half as long again.
const FIRST_WAIT: Duration = Duration::from_millis(100);
/// The longest wait between two looks.
const MAX_WAIT: Duration = Duration::from_secs(2);
/// Without an answer for that long nobody looks any more.
const MAX_SILENCE: Duration = Duration::from_mins(1);
/// A job that was accepted a moment ago may not be there for that long: a guess, many times what its writing takes.
const NOT_YET: Duration = Duration::from_secs(5);

/// Looks at a job until it ends. That there is no answer now and then ends nothing.
///
/// # Errors
/// It cannot be looked at any more; it goes on all the same.
pub async fn to_its_end(service: &Service, job_id: JobId) -> Result<(Job, Value)> {
    let bar = progress_bar(&format!("job {job_id}"), 0);
    let mut wait = FIRST_WAIT;
    let mut seen_at = Instant::now();
    loop {
        let looked = service.look(job_id).await;
        let lost = || format!("cannot follow job {job_id}, which goes on all the same");
        match looked.with_context(lost)? {
            Look::Found(job, body) => {
                seen_at = Instant::now();
                bar.set_length(job.total.unwrap_or(0));
                bar.set_position(settled(&job));
                if has_ended(&job) {
                    bar.finish_and_clear();
                    return Ok((job, body));
                }
            }
            Look::NoSuchJob(error) if seen_at.elapsed() > NOT_YET => {
                return Err(error.context(lost()));
            }
            Look::NoAnswer(error) if seen_at.elapsed() > MAX_SILENCE => {
                return Err(error.context(lost()));
            }
            Look::NoSuchJob(_) | Look::NoAnswer(_) => {}
        }
        tokio::time::sleep(wait).await;
        wait = wait.mul_f64(1.5).min(MAX_WAIT);
    }
}

/// True if nothing changes any more.
pub fn has_ended(job: &Job) -> bool {
    job.status == "completed" || job.status == "failed"
}

/// Prints how far a job is.
///
/// # Errors
/// It cannot be written.
pub fn print_counts(job: &Job) -> Result<()> {
    let total = job
        .total
        .map_or("not known yet".to_owned(), |total| total.to_string());
    let line = |name: &str, value: &str| format!("{name:<12}{}\n", printable(value));
    let mut text = line("job", &job.id.to_string()) + &line("status", &job.status);
    for (name, time) in [("created", &job.created_at), ("finished", &job.finished_at)] {
        text += &time.as_ref().map_or(String::new(), |time| line(name, time));
    }
    text += &line("total", &total);
    text += &line("logged out", &job.logged_out.to_string());
    text += &line("deferred", &job.deferred.to_string());
    text += &line("skipped", &job.skipped.to_string());
    print(text.trim_end())
}

/// What the state of a job means for whoever asked for it.
///
/// # Errors
/// It failed.
pub fn ending(job: &Job) -> Result<Ending> {
    if job.status == "failed" {
        let open = job.total.map(|total| total.saturating_sub(settled(job)));
        let open = open.map_or("its agents".to_owned(), |open| {
            count(usize::try_from(open).unwrap_or(usize::MAX), "agent")
        });
        bail!(
            "job {} was not completed within an hour; {open} may still be online",
            job.id
        );
    }
    let deferred = job.status == "completed" && job.deferred > 0;
    Ok(if deferred {
        Ending::Deferred
    } else {
        Ending::Done
    })
}

fn settled(job: &Job) -> u64 {
    job.logged_out + job.deferred + job.skipped
}

#[cfg(test)]
mod tests {
    use super::*;

    fn job(status: &str, deferred: u64) -> Job {
        let text = format!(
            r#"{{"id":7,"status":"{status}","total":10,"logged_out":5,"deferred":{deferred},"skipped":1}}"#
        );
        serde_json::from_str(&text).unwrap()
    }

    #[test]
    fn scripts_can_tell_how_a_job_ended() {
        assert_eq!(ending(&job("completed", 0)).unwrap(), Ending::Done);
        assert_eq!(ending(&job("completed", 1)).unwrap(), Ending::Deferred);
        assert_eq!(ending(&job("in_progress", 1)).unwrap(), Ending::Done);
        let failed = ending(&job("failed", 1)).unwrap_err().to_string();
        assert_eq!(
            failed,
            "job 7 was not completed within an hour; 3 agents may still be online"
        );
    }
}
