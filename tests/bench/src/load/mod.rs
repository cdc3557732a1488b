//! Many callers at once, one tenant flooding the service, which runs as `local`.

mod callers;
mod service;
mod tables;

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::roster::Roster;
use callers::{AGENTS, Callers, FLOOD, MIXED, Received};
use service::Service;

pub use tables::{answers, goals};

/// Each is a tenant of its own: the first before the other two, who ask at once.
const CALLERS: [Callers; 3] = [
    Callers {
        tenant: "alone",
        count: 8,
        seconds: 20,
        mix: &MIXED,
    },
    Callers {
        tenant: "mixed",
        count: 8,
        seconds: 60,
        mix: &MIXED,
    },
    Callers {
        tenant: "flood",
        count: 56,
        seconds: 60,
        mix: &FLOOD,
    },
];

/// What was measured.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Load {
    tenants: Vec<TenantLoad>,
}

/// What became of a tenant's requests and agents.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct TenantLoad {
    tenant: String,
    /// Agents who were not on a call.
    idle: u64,
    /// Agents who were.
    busy: u64,
    received: Received,
    /// Jobs that exist.
    jobs: u64,
    /// Jobs that completed, with sums that agree.
    completed: u64,
    /// Agents logged out by those jobs.
    by_jobs: u64,
    /// Agents logged out by a job for everybody, afterwards.
    by_last_job: u64,
    /// Agents logged out by one more.
    left_online: u64,
    /// Agents found on a call by it.
    deferred: u64,
}

/// Starts the service, loads it, and checks what became of every agent.
pub async fn measure() -> Result<Load> {
    eprintln!("load: loading agents");
    let folder = tempfile::tempdir()?;
    let roster = folder.path().join("agents.jsonl");
    write_roster(&roster)?;
    let service = Service::start(&roster).await?;
    let [alone, mixed, flood] = CALLERS.map(|callers| callers.run(&service));
    eprintln!("load: one tenant alone");
    let alone = alone.await?;
    eprintln!("load: another one floods");
    let (mixed, flood) = tokio::try_join!(mixed, flood)?;
    eprintln!("load: checking the agents");
    let mut tenants = Vec::new();
    for (callers, received) in CALLERS.into_iter().zip([alone, mixed, flood]) {
        tenants.push(check(&service, callers.tenant, received).await?);
    }
    Ok(Load { tenants })
}

/// One agent a line, for each tenant.
fn write_roster(path: &Path) -> Result<()> {
    let mut file = BufWriter::new(File::create(path)?);
    let roster = Roster {
        agents: AGENTS.count,
        busy_one_in: Some(AGENTS.busy_one_in),
    };
    for Callers { tenant, .. } in CALLERS {
        for agent in roster.agents() {
            let sign_in = agent.last_sign_in.context("all are signed in")?;
            let line = json!({
                "tenant": tenant,
                "agent_id": agent.agent_id,
                "name": agent.profile.name,
                "email": agent.profile.email,
                "agent_number": agent.profile.agent_number,
                "team_ids": [1 + (agent.agent_id.get() - 1) / u64::from(AGENTS.team_size)],
                "status": agent.status.as_str(),
                "ip": sign_in.address,
                "online_since": sign_in.session.to_rfc3339(),
            });
            writeln!(file, "{line}")?;
        }
    }
    Ok(file.flush()?)
}

/// Waits for a tenant's jobs, logs out every agent who is left, and once more to see who is left then.
async fn check(service: &Service, tenant: &str, received: Received) -> Result<TenantLoad> {
    let mut jobs = Vec::new();
    for job in 1..=received.jobs {
        jobs.push(service.ended_job(tenant, job).await?);
    }
    let last = service.log_out_all(tenant).await?;
    let by_last_job = service.ended_job(tenant, last).await?.logged_out;
    let again = service.log_out_all(tenant).await?;
    let again = service.ended_job(tenant, again).await?;
    let busy = u64::from(AGENTS.count / AGENTS.busy_one_in);
    Ok(TenantLoad {
        tenant: tenant.to_owned(),
        idle: u64::from(AGENTS.count) - busy,
        busy,
        received,
        jobs: last - 1,
        completed: jobs.iter().filter(|job| job.is_whole()).count() as u64,
        by_jobs: jobs.iter().map(|job| job.logged_out).sum(),
        by_last_job,
        left_online: again.logged_out,
        deferred: again.deferred,
    })
}
