//! The agents that are in the database at the start: those of the operator's files, the sample, or generated ones.

use std::path::PathBuf;

use anyhow::{Context, Result, anyhow, ensure};
use domain::agents::{Roster, RosterAgent, Statuses};
use domain::tenant::Tenant;
use domain::timestamp::Timestamp;
use store::{Store, StoreError};
use wire::rosters;

use crate::args::Args;
use crate::{generated_agents, output, well_known_tokens};

/// Agents to try the service with: idle, busy and offline, over IPv4 and IPv6, in several teams of two tenants.
const SAMPLE: &str = include_str!("../sample-agents.jsonl");
/// The number of generated agents in memory at once.
const GENERATED_BATCH: usize = 10_000;

/// The agents to load.
pub enum InitialAgents {
    /// The agents of a roster.
    Roster(Roster),
    /// This number of generated agents.
    Generated(u32),
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

    /// Loads the agents over what is stored of them, and creates the well-known tokens of their tenants; returns how many agents.
    ///
    /// # Errors
    /// DynamoDB refused.
    pub async fn load(&self, store: &Store, now: Timestamp) -> Result<usize, StoreError> {
        let mut loaded = 0;
        for (tenant, count) in self.tenants() {
            output::print_error(format_args!("loading {count} agents of {tenant}"));
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
            loaded += count;
        }
        let tenants = self.tenants().into_iter().map(|(tenant, _)| tenant);
        well_known_tokens::create(store, tenants, now).await?;
        Ok(loaded)
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
