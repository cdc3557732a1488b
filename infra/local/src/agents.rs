//! Where the agents come from: the operator's files, the sample, or as many as wanted.

use std::path::PathBuf;

use anyhow::{Context, Result, anyhow, ensure};
use logout::agent::RosterAgent;
use logout::auth::secret_digest;
use logout::roster::{self, Roster};
use logout::store::{Store, StoreError};
use logout::tenant::Tenant;
use logout::timestamp::Timestamp;

use crate::args::Args;
use crate::made_up;

/// Agents to try the service with: idle, busy and offline, over IPv4 and IPv6, in several teams of two tenants.
const SAMPLE: &str = include_str!("../sample-agents.jsonl");
/// The secret of every local token, `<tenant>.local`.
const SECRET: &str = "local";
/// So many made-up agents are in memory at once.
const MADE_UP_BATCH: usize = 10_000;

/// The agents to begin with.
pub enum Agents {
    /// Those of a roster.
    Roster(Roster),
    /// So many, made up.
    MadeUp(u32),
}

/// What became of them.
pub struct Loaded {
    /// So many were written to the database.
    pub loaded: usize,
    /// So many belong to tenants that were in it.
    pub kept: usize,
}

impl Agents {
    /// Reads the files of the command line; all of them are checked before any is used.
    ///
    /// # Errors
    /// A file cannot be read, or holds a bad line or an agent who was there before.
    pub fn read(args: &Args, now: Timestamp) -> Result<Self> {
        if let Some(count) = args.sample {
            return Ok(Self::MadeUp(count));
        }
        let mut all = Roster::new();
        if args.agents.is_empty() {
            roster::parse(&mut all, SAMPLE, now).context("the sample roster")?;
        }
        for path in &args.agents {
            read_file(&mut all, path, now)?;
        }
        ensure!(
            !all.is_empty(),
            "there are no agents in the files of --agents"
        );
        Ok(Self::Roster(all))
    }

    /// Loads the agents of each tenant that the database does not know yet, and then makes its token: a tenant with a
    /// token is there whole.
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
                    store.load_agents(&tenant, &agents).await?;
                }
                Self::MadeUp(count) => {
                    let numbers: Vec<u32> = (1..=*count).collect();
                    for batch in numbers.chunks(MADE_UP_BATCH) {
                        let agents: Vec<_> = batch
                            .iter()
                            .filter_map(|n| made_up::agent(*n, now))
                            .collect();
                        store.load_agents(&tenant, &agents).await?;
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
            Self::MadeUp(count) => vec![(made_up::tenant(), *count as usize)],
        }
    }

    /// A few agents of each tenant, to show what can be done with them.
    #[must_use]
    pub fn examples(&self, now: Timestamp) -> Roster {
        match self {
            Self::Roster(roster) => roster.clone(),
            Self::MadeUp(count) => {
                let agents = (1..=(*count).min(20)).filter_map(|n| made_up::agent(n, now));
                let agents = agents.map(|agent| (agent.agent_id, agent)).collect();
                Roster::from([(made_up::tenant(), agents)])
            }
        }
    }
}

fn read_file(all: &mut Roster, path: &PathBuf, now: Timestamp) -> Result<()> {
    let name = path.display();
    let bytes = std::fs::read(path).with_context(|| format!("cannot read {name}"))?;
    let text = std::str::from_utf8(&bytes).map_err(|error| {
        let before = &bytes[..error.valid_up_to()];
        let line = before.split(|byte| *byte == b'\n').count();
        anyhow!("{name}, line {line}: not in UTF-8")
    })?;
    roster::parse(all, text, now).map_err(|error| anyhow!("{name}, {error}"))
}
