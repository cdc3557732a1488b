//! `logout`: logs agents out, and says what became of each.

use anyhow::{Result, bail};
use logout::ids::JobId;
use logout::request::Selectors;

use crate::args::LogoutArgs;
use crate::connection::Connection;
use crate::force_logout_api::{Earlier, LogoutAnswer, Row, Service};
use crate::output::{count, print, print_json, say, table};
use crate::{Ending, follow};

/// Logs out whom the selectors mean.
pub async fn run(args: &LogoutArgs) -> Result<Ending> {
    let service = Service::new(Connection::of(&args.service)?)?;
    let selectors = Selectors {
        agent_ids: args.agent.clone(),
        team_ids: args.team.clone(),
        ip_addrs: args.ip.clone(),
    };
    let (answer, earlier, body) = service.log_out(&selectors).await?;
    match answer {
        LogoutAnswer::Rows(rows) => {
            if args.json {
                print_json(&body)?;
            } else {
                print(&row_table(&rows))?;
            }
            if earlier == Earlier::MayHaveActed {
                say("agent-logout: an earlier try was answered 503 and may have logged out others");
            }
            Ok(ending(&rows))
        }
        LogoutAnswer::Nobody => nobody(earlier),
        LogoutAnswer::Job(_) if args.no_wait && args.json => {
            print_json(&body)?;
            Ok(Ending::Done)
        }
        LogoutAnswer::Job(job_id) if args.no_wait => {
            print(&format!("job {job_id}"))?;
            Ok(Ending::Done)
        }
        LogoutAnswer::Job(job_id) => follow_job(&service, job_id, earlier, args.json).await,
    }
}

/// Nobody was found, or nobody any more.
fn nobody(earlier: Earlier) -> Result<Ending> {
    match earlier {
        Earlier::NoTry => bail!("nobody who is meant is online"),
        Earlier::MayHaveActed => {
            say(
                "agent-logout: everybody is out, or nobody was online: an earlier try was answered 503 and may have logged them out",
            );
            Ok(Ending::Done)
        }
    }
}

async fn follow_job(
    service: &Service,
    job_id: JobId,
    earlier: Earlier,
    json: bool,
) -> Result<Ending> {
    say(&format!(
        "agent-logout: these are many, so it is job {job_id}; it goes on if this is stopped"
    ));
    let (job, body) = follow::to_its_end(service, job_id).await?;
    if json {
        print_json(&body)?;
    } else {
        follow::print_counts(&job)?;
    }
    let found_nobody = job.status == "completed" && job.logged_out + job.deferred == 0;
    if found_nobody {
        return nobody(earlier);
    }
    follow::ending(&job)
}

fn row_table(rows: &[Row]) -> String {
    let cells = |row: &Row| {
        let outcome = if is_deferred(row) {
            "when the call or chat ends"
        } else {
            "now"
        };
        [
            row.agent_id.to_string(),
            row.name.clone(),
            row.email.clone(),
            row.agent_number.clone(),
            row.previous_status.clone(),
            row.current_status.clone(),
            outcome.to_owned(),
        ]
    };
    let header = [
        "AGENT",
        "NAME",
        "EMAIL",
        "NUMBER",
        "BEFORE",
        "NOW",
        "LOGGED OUT",
    ];
    table(header, rows.iter().map(cells))
}

/// Tells how many, and answers what that means.
fn ending(rows: &[Row]) -> Ending {
    let deferred = rows.iter().filter(|row| is_deferred(row)).count();
    let out = count(rows.len() - deferred, "agent");
    if deferred == 0 {
        say(&format!("{out} logged out"));
        return Ending::Done;
    }
    say(&format!(
        "{out} logged out, {deferred} will be as soon as their call or chat ends"
    ));
    Ending::Deferred
}

fn is_deferred(row: &Row) -> bool {
    row.message.is_some()
}
