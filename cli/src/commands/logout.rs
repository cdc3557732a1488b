//! `logout`: logs agents out, and prints the outcome of each.

use anyhow::{Result, bail};
use domain::ids::JobId;
use wire::http::{AgentRow, SelectorsBody};

use super::follow_job::{exit_status, follow_job, print_counts};
use crate::api::client::ServiceClient;
use crate::api::logout_answer::{EarlierAttempts, LogoutAnswer};
use crate::arguments::logout::LogoutArgs;
use crate::exit_status::ExitStatus;
use crate::settings::service::ServiceSettings;
use crate::terminal::output::{count, print, print_json, print_notice, table};

/// Logs out the agents that the selectors match.
pub async fn run(args: &LogoutArgs) -> Result<ExitStatus> {
    let service = ServiceClient::new(ServiceSettings::read(&args.service)?)?;
    let selectors = SelectorsBody {
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
            if earlier == EarlierAttempts::MayHaveLoggedOut {
                print_notice(
                    "agent-logout: an earlier attempt was answered with 503, and may have logged out other agents",
                );
            }
            Ok(print_summary(&rows))
        }
        LogoutAnswer::NoAgentFound => no_agent_found(earlier),
        LogoutAnswer::Job(_) if args.no_wait && args.json => {
            print_json(&body)?;
            Ok(ExitStatus::Done)
        }
        LogoutAnswer::Job(job_id) if args.no_wait => {
            print(&format!("job {job_id}"))?;
            Ok(ExitStatus::Done)
        }
        LogoutAnswer::Job(job_id) => follow_new_job(&service, job_id, earlier, args.json).await,
    }
}

/// No matching agent is online, which is a success if an earlier attempt may be the reason.
fn no_agent_found(earlier: EarlierAttempts) -> Result<ExitStatus> {
    match earlier {
        EarlierAttempts::None => bail!("no matching agent is online"),
        EarlierAttempts::MayHaveLoggedOut => {
            print_notice(
                "agent-logout: no matching agent is online any more: an earlier attempt was answered with 503, and may have logged them out",
            );
            Ok(ExitStatus::Done)
        }
    }
}

async fn follow_new_job(
    service: &ServiceClient,
    job_id: JobId,
    earlier: EarlierAttempts,
    json: bool,
) -> Result<ExitStatus> {
    print_notice(&format!(
        "agent-logout: too many agents to wait for, so this is job {job_id}; it continues if this command is stopped"
    ));
    let (job, body) = follow_job(service, job_id).await?;
    if json {
        print_json(&body)?;
    } else {
        print_counts(&job)?;
    }
    if job.status == "completed" && job.logged_out + job.deferred == 0 {
        return no_agent_found(earlier);
    }
    exit_status(&job)
}

fn row_table(rows: &[AgentRow]) -> String {
    let cells = |row: &AgentRow| {
        let logged_out = if row.is_deferred() {
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
            logged_out.to_owned(),
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

/// Prints how many agents are logged out, and returns the exit status for that.
fn print_summary(rows: &[AgentRow]) -> ExitStatus {
    let deferred = rows.iter().filter(|row| row.is_deferred()).count();
    let logged_out = count(rows.len() - deferred, "agent");
    if deferred == 0 {
        print_notice(&format!("{logged_out} logged out"));
        return ExitStatus::Done;
    }
    print_notice(&format!(
        "{logged_out} logged out, {deferred} will be as soon as their call or chat ends"
    ));
    ExitStatus::LogoutsPending
}
