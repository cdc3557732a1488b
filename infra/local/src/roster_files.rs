//! Rosters: the sample, or the operator's files.

use std::path::PathBuf;

use anyhow::{Context, Result, anyhow, ensure};
use logout::auth::secret_digest;
use logout::roster::{self, Roster};
use logout::store::{Store, StoreError};
use logout::timestamp::Timestamp;

/// Agents to try the service with: idle, busy and offline, over IPv4 and IPv6, in several teams of two tenants.
const SAMPLE: &str = include_str!("../sample-agents.jsonl");

/// The secret of every local token, `<tenant>.local`.
const SECRET: &str = "local";

/// Reads `files`, or the sample if there are none; all of them are checked before any is used.
///
/// # Errors
/// A file cannot be read, or holds a bad line, or two files hold the same agent.
pub fn read(files: &[PathBuf], now: Timestamp) -> Result<Roster> {
    if files.is_empty() {
        return roster::parse(SAMPLE, now).map_err(|error| anyhow!("the sample roster, {error}"));
    }
    let mut all = Roster::new();
    for path in files {
        let name = path.display();
        let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {name}"))?;
        for (tenant, agents) in
            roster::parse(&text, now).map_err(|error| anyhow!("{name}, {error}"))?
        {
            let known = all.entry(tenant.clone()).or_default();
            for agent in agents {
                let again = known.iter().any(|other| other.agent_id == agent.agent_id);
                ensure!(
                    !again,
                    "{name}: agent {} of tenant {tenant} is in an earlier file too",
                    agent.agent_id
                );
                known.push(agent);
            }
        }
    }
    ensure!(
        !all.is_empty(),
        "there are no agents in the files of --agents"
    );
    Ok(all)
}

/// Loads a roster, then a token for each of its tenants: when there is a token, all agents are there.
///
/// # Errors
/// DynamoDB refused.
pub async fn load(store: &Store, roster: &Roster, now: Timestamp) -> Result<(), StoreError> {
    for (tenant, agents) in roster {
        store.put_roster(tenant, agents).await?;
    }
    for tenant in roster.keys() {
        store
            .put_token(tenant.as_str(), tenant, secret_digest(SECRET), now)
            .await?;
    }
    Ok(())
}
