//! What a team would write instead, in Python (`tests/bench/peer`), doing the same requests on the same agents.

mod section;

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Stdio;

use anyhow::{Result, ensure};
use serde::{Deserialize, Serialize};
use tokio::process::Command;

use crate::backends::Backends;
use crate::drain::{self, Contestant};
use crate::progress;
use crate::roster::{Roster, RosterFile};
use crate::usage::Usage;

pub use section::write;

/// Requests for so many agents; the first is answered at once.
const SIZES: [u32; 3] = [100, 10_000, 100_000];
/// One in so many is on a call, as in the ledger.
const BUSY_ONE_IN: u32 = 10;
const VARIANTS: [&str; 2] = ["competent", "naive"];

/// Who needs what for one request.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Comparison {
    /// So many agents it is for.
    pub agents: u32,
    /// The service; its calls and units are in the ledger.
    pub ours: Usage,
    /// The others, by name.
    pub peers: BTreeMap<String, PeerRun>,
}

/// What a peer says it needed.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PeerRun {
    /// Its processes together; of memory, the largest of them.
    #[serde(flatten)]
    pub usage: Usage,
    /// The most memory of all of its processes, added up.
    pub all_processes_peak_memory_bytes: u64,
    /// How often each operation was called.
    pub calls: BTreeMap<String, u64>,
    /// Write units of tables.
    pub table_write_units: f64,
    /// Write units of indexes.
    pub index_write_units: f64,
    /// Read units.
    pub read_units: f64,
    /// So many agents were logged out.
    pub logged_out: u64,
    /// So many are to be, after their call.
    pub deferred: u64,
}

impl PeerRun {
    /// Calls, without those that Lambda makes for everybody to receive and delete messages.
    #[must_use]
    pub fn call_count(&self) -> u64 {
        let of_lambda = ["ReceiveMessage", "DeleteMessageBatch"];
        let own = |operation: &&String| !of_lambda.contains(&operation.as_str());
        let own = self.calls.keys().filter(own);
        own.map(|operation| self.calls[operation]).sum()
    }
}

/// Makes every request, by everybody.
///
/// # Errors
/// Somebody failed, or left somebody out.
pub async fn measure_all() -> Result<Vec<Comparison>> {
    let bar = progress::bar("peer", 3 * SIZES.len());
    let mut comparisons = Vec::new();
    for agents in SIZES {
        let busy_one_in = Some(BUSY_ONE_IN);
        let roster = Roster {
            count: agents,
            busy_one_in,
        };
        let file = roster.make(true).await?;
        bar.set_message(format!("{agents} agents, the service"));
        let ours = drain::run(Contestant::Ours, agents, &file).await?.process;
        bar.inc(1);
        let mut peers = BTreeMap::new();
        for variant in VARIANTS {
            bar.set_message(format!("{agents} agents, the {variant} peer"));
            let run = run(variant, &file).await?;
            let found = (run.logged_out, run.deferred);
            let busy = u64::from(agents / BUSY_ONE_IN);
            ensure!(
                found == (u64::from(agents) - busy, busy),
                "{variant}: {found:?}"
            );
            peers.insert(variant.to_owned(), run);
            bar.inc(1);
        }
        comparisons.push(Comparison {
            agents,
            ours,
            peers,
        });
    }
    bar.finish_and_clear();
    Ok(comparisons)
}

async fn run(variant: &str, file: &RosterFile) -> Result<PeerRun> {
    let backends = Backends::start(&file.path()).await?;
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let output = Command::new(root.join("infra/requirements/with"))
        .arg("peer")
        .arg(root.join("tests/bench/peer/run.py"))
        .args(["--variant", variant])
        .args([
            "--dynamodb",
            &format!("http://{}", backends.addresses.dynamodb),
        ])
        .args(["--sqs", &format!("http://{}", backends.addresses.sqs)])
        .args(["--body", r#"{"ip_addrs":["10.0.0.0/8"]}"#])
        .stderr(Stdio::inherit())
        .output()
        .await?;
    ensure!(output.status.success(), "the {variant} peer failed");
    backends.stop().await?;
    Ok(serde_json::from_slice(&output.stdout)?)
}
