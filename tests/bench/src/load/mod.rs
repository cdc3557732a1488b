//! Many callers at once, and one tenant who floods the service: `wrk` against `local`.

mod local_process;
mod section;
mod wrk;

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use anyhow::{Result, ensure};
use logout::agent::AgentStatus;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::progress;
use crate::roster::STATUS;
use local_process::LocalProcess;
use wrk::{Seen, Wrk};

pub use section::write;
pub use wrk::require_wrk;

/// Who asks; each a tenant of its own, the first before the other two, who ask at once.
const CALLERS: [Wrk; 3] = [
    Wrk {
        tenant: "alone",
        mix: "mixed",
        connections: 8,
        seconds: 15,
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
/// Each tenant has so many agents.
const AGENTS: u32 = 30_000;
/// One in so many is on a call.
const BUSY_ONE_IN: u32 = 20;
/// A team has so many members, as in `mix.lua`.
const TEAM: u32 = 1_000;

/// What came of it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Load {
    /// Agents of each tenant.
    agents: u32,
    /// Of them, on a call.
    busy: u32,
    /// In the order of [`CALLERS`].
    tenants: Vec<Loaded>,
}

/// What came of a tenant's requests.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Loaded {
    /// What the callers saw.
    seen: Seen,
    /// Logged out by a job for everybody, afterwards.
    by_last_job: u64,
    /// Jobs that completed, with sums that agree.
    completed: u64,
    /// Logged out, as all other jobs told.
    by_jobs: u64,
    /// Found to log out by a second job for everybody.
    left_over: u64,
    /// Found on a call by it.
    deferred: u64,
}

/// Starts the service, loads it, and takes stock.
///
/// # Errors
/// There is no `wrk`, or the service cannot be asked.
pub async fn measure() -> Result<Load> {
    require_wrk().await?;
    let bar = progress::bar("load", 4);
    bar.set_message("loading agents");
    let folder = tempfile::tempdir()?;
    let roster = folder.path().join("agents.jsonl");
    write_roster(&roster)?;
    let local = LocalProcess::start(&roster).await?;
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
    Ok(Load {
        agents: AGENTS,
        busy: AGENTS / BUSY_ONE_IN,
        tenants,
    })
}

/// One agent a line, for each tenant: agents 1 to [`AGENTS`] at the addresses of 10.0.0.0/8 in order.
fn write_roster(path: &Path) -> Result<()> {
    let mut file = BufWriter::new(File::create(path)?);
    for Wrk { tenant, .. } in CALLERS {
        for number in 1..=AGENTS {
            let [_, high, middle, low] = number.to_be_bytes();
            let is_busy = number % BUSY_ONE_IN == 0;
            let line = json!({
                "tenant": tenant,
                "agent_id": number,
                "name": format!("Agent {number}"),
                "email": format!("agent.{number}@{tenant}.example"),
                "agent_number": format!("No. {number}"),
                "team_ids": [1 + (number - 1) / TEAM],
                "status": if is_busy { AgentStatus::IN_CALL } else { STATUS },
                "ip": format!("10.{high}.{middle}.{low}"),
                "online_since": "2026-01-05T08:00:00Z",
            });
            writeln!(file, "{line}")?;
        }
    }
    file.flush()?;
    Ok(())
}

/// Waits for a tenant's jobs, logs everybody out who is left, and sees that nobody is left then.
async fn settle(local: &LocalProcess, tenant: &str, seen: Seen) -> Result<Loaded> {
    let (mut completed, mut by_jobs) = (0, 0);
    for job in 1..=seen.jobs {
        let job = local.ended(tenant, job).await?;
        completed += u64::from(job.is_whole());
        by_jobs += job.logged_out;
    }
    let everybody = local.log_everybody_out(tenant).await?;
    ensure!(everybody == seen.jobs + 1, "it is job {everybody}");
    let last = local.ended(tenant, everybody).await?;
    let again = local.log_everybody_out(tenant).await?;
    let again = local.ended(tenant, again).await?;
    Ok(Loaded {
        seen,
        by_last_job: last.logged_out,
        completed,
        by_jobs,
        left_over: again.logged_out,
        deferred: again.deferred,
    })
}
