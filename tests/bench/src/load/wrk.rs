//! `wrk`, and what it counts.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde::{Deserialize, Serialize};
use tokio::process::Command;

/// In the last seconds jobs are looked up and nothing else: no answer that counts is waited for when `wrk` ends.
pub const CLOSING_SECONDS: u32 = 2;

/// Longer than the service works on an answer (25 s); `wrk` leaves slower ones out of its times.
const TIMEOUT: &str = "30s";

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

/// The agents of a tenant: 1 to `count`, at the addresses of 10.0.0.0/8 and in teams in order.
#[derive(Clone, Copy, Debug)]
pub struct Agents {
    /// So many.
    pub count: u32,
    /// Every so manieth is on a call.
    pub busy_one_in: u32,
    /// A team has so many members.
    pub team: u32,
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
    /// Answers to who looked a job up.
    pub looked_up: u64,
    /// Rows of answers that say so.
    pub logged_out: u64,
    /// Of them, rows of agents whom no request named, and of agents in another row before.
    pub mistaken: u64,
    /// Answers that are jobs.
    pub jobs: u64,
    /// Agents who were not on a call, and whom some request named.
    pub named_idle: u64,
    /// Connections that could not be made, read or written.
    pub broken_connections: u64,
    /// Answers that took longer than half a minute.
    pub too_late: u64,
    /// Half of the answers came within that; this and the next as `wrk` corrects them for callers who wait before they ask
    /// again ("coordinated omission").
    pub median_ms: f64,
    /// All but one in a hundred.
    pub p99_ms: f64,
    /// All of them.
    pub worst_ms: f64,
}

impl Seen {
    /// Answers of a status.
    pub fn of_status(&self, status: u16) -> u64 {
        self.statuses.get(&status).copied().unwrap_or_default()
    }

    /// All answers.
    pub fn answers(&self) -> u64 {
        self.statuses.values().sum()
    }

    /// Requests of one kind.
    pub fn of_kind(&self, kind: &str) -> u64 {
        self.sent.get(kind).copied().unwrap_or_default()
    }

    /// Requests that no answer came to, or answers to none; but for looking up jobs, which goes on until the end of time.
    pub fn unanswered(&self) -> u64 {
        let asked = self.sent.values().sum::<u64>() - self.of_kind("look_up");
        asked.abs_diff(self.answers() - self.looked_up)
    }
}

impl Wrk {
    /// Runs it against the service at `url`.
    ///
    /// # Errors
    /// It failed.
    pub async fn run(self, url: &str, agents: Agents) -> Result<Seen> {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("load/mix.lua");
        let numbers = [
            agents.count,
            agents.busy_one_in,
            agents.team,
            CLOSING_SECONDS,
            self.seconds,
        ];
        let credentials = ["local", "wrong"]
            .map(|secret| BASE64_STANDARD.encode(format!("{0}:{0}.{secret}", self.tenant)));
        let output = Command::new("wrk")
            .args(["--threads", "1"])
            .args(["--connections", &self.connections.to_string()])
            .args(["--duration", &format!("{}s", self.seconds)])
            .args(["--timeout", TIMEOUT])
            .arg("--script")
            .arg(script)
            .args([url, "--"])
            .args(credentials)
            .args(numbers.map(|number| number.to_string()))
            .args([self.mix, &self.seed.to_string()])
            .kill_on_drop(true)
            .output()
            .await?;
        let said = String::from_utf8_lossy(&output.stdout);
        let failed = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "wrk failed: {said}{failed}");
        let line = said.lines().last().unwrap_or_default();
        serde_json::from_str(line).with_context(|| format!("wrk said {said}{failed}"))
    }
}
