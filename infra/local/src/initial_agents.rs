//! The agents that are in the database at the start: those of the operator's files, the sample, or generated ones.

use std::path::PathBuf;

use anyhow::{Context, Result, anyhow, ensure};
use domain::agents::{Roster, RosterAgent, Statuses};
use domain::callers::secret_digest;
use domain::tenant::Tenant;
use domain::timestamp::Timestamp;
use store::{Store, StoreError};
use wire::rosters;

use crate::args::Args;
use crate::generated_agents;

/// Agents to try the service with: idle, busy and offline, over IPv4 and IPv6, in several teams of two tenants.
const SAMPLE: &str = include_str!("../sample-agents.jsonl");
/// The secret of every local token, `<tenant>.local`.
const SECRET: &str = "local";
/// The number of generated agents in memory at once.
const GENERATED_BATCH: usize = 10_000;

/// The agents to load.
pub enum InitialAgents {
    /// The agents of a roster.
    Roster(Roster),
    /// This number of generated agents.
    Generated(u32),
}

/// What loading did.
pub struct Loaded {
    /// The number of agents that were written to the database.
    pub loaded: usize,
    /// The number of agents who were kept, as their tenants were in it already.
    pub kept: usize,
}

impl InitialAgents {
    /// Reads the files of the command line; all of them are checked before any is used.
    ///
    /// # Errors
    /// A file cannot be read, or has a bad line or a repeated agent.
    pub fn read(args: &Args, statuses: &Statuses, now: Timestamp) -> Result<Self> {
        if let Some(count) = args.sample {
            return Ok(Self::Generated(count));
        }
        let mut all = Roster::new();
        if args.agents.is_empty() {
            rosters::parse(&mut all, SAMPLE, statuses, now).context("the sample roster")?;
        }
        for path in &args.agents {
            read_file(&mut all, path, statuses, now)?;
        }
        ensure!(
            !all.is_empty(),
            "there are no agents in the files of --agents"
        );
        Ok(Self::Roster(all))
    }

    /// Loads the agents of each tenant that is not in the database yet, and then creates its token: so a tenant with a token
    /// is complete.
    ///
    /// # Errors
    /// DynamoDB refused.
    pub async fn load(&self, store: &Store, now: Timestamp) -> Result<Loaded, StoreError> {
        let mut result = Loaded { loaded: 0, kept: 0 };
        for (tenant, count) in self.tenants() {
            if store.read_token(tenant.as_str()).await?.is_some() {
                result.kept += count;
                continue;
            }
            eprintln!("loading {count} agents of {tenant}");
            match self {
                Self::Roster(roster) => {
                    let agents: Vec<RosterAgent> = roster[&tenant].values().cloned().collect();
                    store.overwrite_agents(&tenant, &agents).await?;
                }
                Self::Generated(count) => {
                    let numbers: Vec<u32> = (1..=*count).collect();
                    for batch in numbers.chunks(GENERATED_BATCH) {
                        let agents: Vec<_> = batch
                            .iter()
                            .filter_map(|n| generated_agents::agent(*n, now))
                            .collect();
                        store.overwrite_agents(&tenant, &agents).await?;
                    }
                }
            }
            let digest = secret_digest(SECRET);
            store
                .put_token(tenant.as_str(), &tenant, digest, now)
                .await?;
            result.loaded += count;
        }
        Ok(result)
    }

    /// Every tenant and how many agents it has.
    fn tenants(&self) -> Vec<(Tenant, usize)> {
        match self {
            Self::Roster(roster) => {
                let counts = roster
                    .iter()
                    .map(|(tenant, agents)| (tenant.clone(), agents.len()));
                counts.collect()
            }
            Self::Generated(count) => vec![(generated_agents::tenant(), *count as usize)],
        }
    }

    /// A few agents of each tenant, for the commands of the greeting.
    #[must_use]
    pub fn examples(&self, now: Timestamp) -> Roster {
        match self {
            Self::Roster(roster) => roster.clone(),
            Self::Generated(count) => {
                let agents = (1..=(*count).min(20)).filter_map(|n| generated_agents::agent(n, now));
                let agents = agents.map(|agent| (agent.agent_id, agent)).collect();
                Roster::from([(generated_agents::tenant(), agents)])
            }
        }
    }
}

fn read_file(all: &mut Roster, path: &PathBuf, statuses: &Statuses, now: Timestamp) -> Result<()> {
    let name = path.display();
    let bytes = std::fs::read(path).with_context(|| format!("cannot read {name}"))?;
    let text = std::str::from_utf8(&bytes).map_err(|error| {
        let before = &bytes[..error.valid_up_to()];
        let line = before.split(|byte| *byte == b'\n').count();
        anyhow!("{name}, line {line}: not in UTF-8")
    })?;
    rosters::parse(all, text, statuses, now).map_err(|error| anyhow!("{name}, {error}"))
}
