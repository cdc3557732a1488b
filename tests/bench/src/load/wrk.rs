//! `wrk`, and what it counts.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use serde::{Deserialize, Serialize};
use tokio::process::Command;

/// A run of it.
#[derive(Clone, Copy, Debug)]
pub struct Wrk {
    /// Who asks.
    pub tenant: &'static str,
    /// What is asked: the name of a mix of `load/mix.lua`.
    pub mix: &'static str,
    /// Each has one request under way at a time.
    pub connections: u32,
    /// For so long.
    pub seconds: u32,
    /// Of what is chosen by chance.
    pub seed: u32,
}

/// What callers saw.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Seen {
    /// For so long.
    pub seconds: f64,
    /// Requests by kind.
    pub sent: BTreeMap<String, u64>,
    /// Answers by status.
    pub statuses: BTreeMap<u16, u64>,
    /// Rows of answers that say so.
    pub logged_out: u64,
    /// Answers that are jobs.
    pub jobs: u64,
    /// Connections that could not be made, read or written.
    pub broken_connections: u64,
    /// Answers that took too long.
    pub timeouts: u64,
    /// Half of the answers came within that.
    pub median_ms: f64,
    /// All but one in a hundred.
    pub p99_ms: f64,
    /// All of them.
    pub worst_ms: f64,
}

impl Seen {
    /// Answers whose status is in a range.
    pub fn answers(&self, statuses: std::ops::Range<u16>) -> u64 {
        self.statuses.range(statuses).map(|(_, count)| count).sum()
    }

    /// Requests of one kind.
    pub fn sent(&self, kind: &str) -> u64 {
        self.sent.get(kind).copied().unwrap_or_default()
    }
}

impl Wrk {
    /// Runs it against the service at `url`, where the tenant has so many agents.
    ///
    /// # Errors
    /// It failed.
    pub async fn run(self, url: &str, agents: u32) -> Result<Seen> {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("load/mix.lua");
        let output = Command::new("wrk")
            .args(["--threads", "1"])
            .args(["--connections", &self.connections.to_string()])
            .args(["--duration", &format!("{}s", self.seconds)])
            .args(["--timeout", "30s"])
            .arg("--script")
            .arg(script)
            .args([url, "--", self.tenant])
            .arg(format!("{}.local", self.tenant))
            .args([agents, self.seconds].map(|number| number.to_string()))
            .args([self.mix, &self.seed.to_string()])
            .kill_on_drop(true)
            .output()
            .await?;
        let said = String::from_utf8_lossy(&output.stdout);
        ensure!(output.status.success(), "wrk failed: {said}");
        let line = said.lines().last().unwrap_or_default();
        serde_json::from_str(line).with_context(|| format!("wrk said {said}"))
    }
}

/// Makes sure that it is there.
///
/// # Errors
/// It is not; says how to get it.
pub async fn require_wrk() -> Result<()> {
    let ran = Command::new("wrk").arg("--version").output().await;
    ran.context("wrk is not on the path; Debian and Homebrew have it as `wrk`")?;
    Ok(())
}
