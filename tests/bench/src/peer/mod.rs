//! What a team would write instead, in Python (`tests/bench/peer`), doing the same requests on the same agents.

mod tables;

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Stdio;

use anyhow::{Result, ensure};
use serde::{Deserialize, Serialize};
use tokio::process::Command;

use crate::backends::Backends;
use crate::drain::{self, Contestant};
use crate::roster::{Roster, RosterFile, TENANT, TOKEN};
use crate::usage::Usage;

pub use tables::{comparison, goals};

/// Requests for this many agents; the first is answered at once.
const SIZES: [u32; 3] = [100, 10_000, 100_000];
/// One agent in this many is on a call, as in the ledger.
const BUSY_ONE_IN: u32 = 10;

/// What one request takes.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Comparison {
    pub agents: u32,
    /// Its calls and units are in the ledger.
    pub service: Usage,
    pub python: PythonRun,
}

/// What the functions in Python say they used.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PythonRun {
    /// Their processes together; of memory, the largest of them.
    #[serde(flatten)]
    pub usage: Usage,
    /// The peak memory of all processes, added up.
    pub all_processes_peak_memory_bytes: u64,
    /// How often each operation was called.
    pub calls: BTreeMap<String, u64>,
    pub write_units: f64,
    pub read_units: f64,
    pub logged_out: u64,
    pub deferred: u64,
}

impl PythonRun {
    /// Calls, without those with which Lambda receives and deletes messages for everybody.
    fn call_count(&self) -> f64 {
        let of_lambda = ["ReceiveMessage", "DeleteMessageBatch"];
        let own = |operation: &str| !of_lambda.contains(&operation);
        let counts = self.calls.iter().filter(|(operation, _)| own(operation));
        counts.map(|(_, count)| *count as f64).sum()
    }
}

/// Makes every request to the service and to the functions in Python.
pub async fn measure() -> Result<Vec<Comparison>> {
    let mut comparisons = Vec::new();
    for agents in SIZES {
        eprintln!("peer: {agents} agents");
        let roster = Roster {
            agents,
            busy_one_in: Some(BUSY_ONE_IN),
        };
        let file = roster.write().await?;
        let service = drain::run(Contestant::Service, agents, &file).await?;
        let python = run(&file).await?;
        let busy = u64::from(agents / BUSY_ONE_IN);
        let found = (python.logged_out, python.deferred);
        let expected = (u64::from(agents) - busy, busy);
        ensure!(found == expected, "{found:?}");
        comparisons.push(Comparison {
            agents,
            service: service.process,
            python,
        });
    }
    Ok(comparisons)
}

async fn run(file: &RosterFile) -> Result<PythonRun> {
    let backends = Backends::start(&file.path()).await?;
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let output = Command::new(root.join("infra/requirements/with"))
        .arg("peer")
        .arg(root.join("tests/bench/peer/run.py"))
        .arg(format!("http://{}", backends.addresses.dynamodb))
        .arg(format!("http://{}", backends.addresses.sqs))
        .args([TENANT, TOKEN])
        .stderr(Stdio::inherit())
        .output()
        .await?;
    ensure!(output.status.success(), "the functions in Python failed");
    Ok(serde_json::from_slice(&output.stdout)?)
}
