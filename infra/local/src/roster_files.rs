//! Rosters: the sample, or the operator's files.

use std::path::PathBuf;

use anyhow::{Context, Result, anyhow, ensure};
use logout::agent::RosterAgent;
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
/// A file cannot be read, or holds a bad line or an agent who was there before.
pub fn read(files: &[PathBuf], now: Timestamp) -> Result<Roster> {
    let mut all = Roster::new();
    if files.is_empty() {
        roster::parse(&mut all, SAMPLE, now).context("the sample roster")?;
    }
    for path in files {
        let name = path.display();
        let bytes = std::fs::read(path).with_context(|| format!("cannot read {name}"))?;
        let text = std::str::from_utf8(&bytes).map_err(|error| {
            let line = bytes[..error.valid_up_to()]
                .split(|byte| *byte == b'\n')
                .count();
            anyhow!("{name}, line {line}: not in UTF-8")
        })?;
        roster::parse(&mut all, text, now).map_err(|error| anyhow!("{name}, {error}"))?;
    }
    ensure!(
        !all.is_empty(),
        "there are no agents in the files of --agents"
    );
    Ok(all)
}

/// Loads the agents of each tenant that the database does not know yet, and then makes its token: a tenant with a token
/// is there whole. Answers how many agents were loaded.
///
/// # Errors
/// DynamoDB refused.
pub async fn load(store: &Store, roster: &Roster, now: Timestamp) -> Result<usize, StoreError> {
    let mut loaded = 0;
    for (tenant, agents) in roster {
        if store.read_token(tenant.as_str()).await?.is_none() {
            let agents: Vec<RosterAgent> = agents.values().cloned().collect();
            eprintln!("loading {} agents of {tenant}", agents.len());
            store.load_agents(tenant, &agents).await?;
            store
                .put_token(tenant.as_str(), tenant, secret_digest(SECRET), now)
                .await?;
            loaded += agents.len();
        }
    }
    Ok(loaded)
}
