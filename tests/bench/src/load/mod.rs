//! Many callers at once, and one tenant who floods the service: `wrk` against `local`.

mod local_process;
mod section;
mod wrk;

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::progress;
use crate::roster::Roster;
use local_process::LocalProcess;
use wrk::{Agents, Seen, Wrk};

pub use section::write;

/// Who asks; each a tenant of its own, the first before the other two, who ask at once.
const CALLERS: [Wrk; 3] = [
    Wrk {
        tenant: "alone",
        mix: "mixed",
        connections: 8,
        seconds: 20,
        seed: 1,
    },
    Wrk {
        tenant: "mixed",
        mix: "mixed",
        connections: 8,
        seconds: 60,
        seed: 2,
    },
    Wrk {
        tenant: "flood",
        mix: "flood",
        connections: 56,
        seconds: 60,
        seed: 3,
    },
];
/// Each tenant has so many: not all of them are out when the load ends.
const AGENTS: Agents = Agents {
    count: 60_000,
    busy_one_in: 20,
    team: 1_000,
};

/// What came of it, for each tenant.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Load {
    tenants: Vec<Loaded>,
}

/// What came of a tenant's requests.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Loaded {
    tenant: String,
    /// Agents who were not on a call.
    idle: u64,
    /// Agents who were.
    busy: u64,
    /// What the callers saw.
    seen: Seen,
    /// Jobs that there are.
    jobs: u64,
    /// Jobs that completed, with sums that agree.
    completed: u64,
    /// Logged out, as those jobs told.
    by_jobs: u64,
    /// Logged out by a job for everybody, afterwards.
    by_last_job: u64,
    /// Logged out by one more.
    left_over: u64,
    /// Found on a call by it.
    deferred: u64,
}

/// Starts the service, loads it, and takes stock.
///
/// # Errors
/// There is no `wrk`, or the service cannot be asked.
pub async fn measure() -> Result<Load> {
    let bar = progress::bar("load", 4);
    bar.set_message("loading agents");
    let folder = tempfile::tempdir()?;
    let roster = folder.path().join("agents.jsonl");
    write_roster(&roster)?;
    let local = LocalProcess::start(&roster, &folder.path().join("log")).await?;
    bar.inc(1);
    let [alone, mixed, flood] = CALLERS.map(|caller| caller.run(local.url(), AGENTS));
    bar.set_message("one tenant alone");
    let alone = alone.await?;
    bar.inc(1);
    bar.set_message("another one floods");
    let (mixed, flood) = tokio::try_join!(mixed, flood)?;
    bar.inc(1);
    bar.set_message("taking stock");
    let mut tenants = Vec::new();
    for (caller, seen) in CALLERS.into_iter().zip([alone, mixed, flood]) {
        tenants.push(settle(&local, caller.tenant, seen).await?);
    }
    local.stop().await?;
    bar.finish_and_clear();
    Ok(Load { tenants })
}

/// One agent a line, for each tenant.
fn write_roster(path: &Path) -> Result<()> {
    let mut file = BufWriter::new(File::create(path)?);
    let roster = Roster {
        count: AGENTS.count,
        busy_one_in: Some(AGENTS.busy_one_in),
    };
    for Wrk { tenant, .. } in CALLERS {
        for agent in roster.agents() {
            let sign_in = agent.last_sign_in.context("all are signed in")?;
            let line = json!({
                "tenant": tenant,
                "agent_id": agent.agent_id,
                "name": agent.profile.name,
                "email": agent.profile.email,
                "agent_number": agent.profile.agent_number,
                "team_ids": [1 + (agent.agent_id.get() - 1) / u64::from(AGENTS.team)],
                "status": agent.status.as_str(),
                "ip": sign_in.address,
                "online_since": sign_in.session.to_rfc3339(),
            });
            writeln!(file, "{line}")?;
        }
    }
    file.flush()?;
    Ok(())
}

/// Waits for a tenant's jobs, logs everybody out who is left, and looks who is left then.
async fn settle(local: &LocalProcess, tenant: &str, seen: Seen) -> Result<Loaded> {
    let mut jobs = Vec::new();
    for job in 1..=seen.jobs {
        jobs.push(local.ended(tenant, job).await?);
    }
    let last = local.log_everybody_out(tenant).await?;
    // Those that nobody was told of, if there are any.
    for job in seen.jobs + 1..last {
        jobs.push(local.ended(tenant, job).await?);
    }
    let by_last_job = local.ended(tenant, last).await?.logged_out;
    let again = local.log_everybody_out(tenant).await?;
    let again = local.ended(tenant, again).await?;
    let busy = u64::from(AGENTS.count / AGENTS.busy_one_in);
    Ok(Loaded {
        tenant: tenant.to_owned(),
        idle: u64::from(AGENTS.count) - busy,
        busy,
        seen,
        jobs: last - 1,
        completed: jobs.iter().filter(|job| job.is_whole()).count() as u64,
        by_jobs: jobs.iter().map(|job| job.logged_out).sum(),
        by_last_job,
        left_over: again.logged_out,
        deferred: again.deferred,
    })
}
