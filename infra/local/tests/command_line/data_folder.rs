//! The data folder: what it keeps, also if the process is killed.

use std::path::Path;

use super::running::{ANY_PORTS, Running};

/// Writes a roster, and returns its path.
pub fn roster(folder: &Path, text: &str) -> String {
    let path = folder.join("agents.jsonl");
    std::fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

/// An agent of the tenant `initech`, who is online.
pub const AGENT: &str = r#"{"tenant":"initech","agent_id":5,"name":"A","email":"a@x","agent_number":"1","team_ids":[],"status":"lunch","ip":"10.0.0.1","online_since":"2026-01-05T08:00:00Z"}"#;

#[tokio::test]
async fn a_data_folder_keeps_agents_and_their_status() {
    let folder = tempfile::tempdir().unwrap();
    let file = roster(folder.path(), AGENT);
    let data = folder.path().join("data");
    let args = [
        &ANY_PORTS[..],
        &["--agents", &file, "--data", data.to_str().unwrap()],
    ]
    .concat();
    let running = Running::start(&args);
    assert_eq!(running.paste(0).await.0, 200);
    assert!(running.signal("INT").1);
    let again = Running::start(&args);
    assert!(
        again.greeting[1].contains("(0 agents loaded, 1 kept)"),
        "{:?}",
        again.greeting
    );
    assert_eq!(again.paste(0).await.0, 400);
    assert!(again.signal("INT").1);

    // Without the roster, the sample's tenants are loaded too, so the printed commands work.
    let sample = Running::start(&[&ANY_PORTS[..], &args[8..]].concat());
    assert_eq!(sample.paste(0).await.0, 200);
}

/// Generated agents in a data folder, one request for all of them, and the process is killed while the job is in progress.
#[tokio::test]
async fn a_job_is_resumed_after_the_process_was_killed() {
    // More chunks than are worked on at once: some are open when the first is counted.
    const AGENTS: u64 = 6_000;
    let count = |holds: fn(u64) -> bool| (1..=AGENTS).map(|n| u64::from(holds(n))).sum::<u64>();
    let busy = count(|n| n % 20 == 0);
    let offline = count(|n| n % 20 != 0 && n % 15 == 14);
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().to_str().unwrap();
    let args = [&ANY_PORTS[..], &["--sample", "6000", "--data", data]].concat();
    let running = Running::start(&args);
    let accepted = running.post(r#"{"ip_addrs":["10.0.0.0/8"]}"#).await;
    assert_eq!(accepted["status"], "created");
    running.job_when(|job| job["logged_out"] != 0).await;
    running.signal("KILL");

    let again = Running::start(&args);
    assert!(
        again.greeting[2].contains("(unfinished jobs resumed: 1)"),
        "{:?}",
        again.greeting
    );
    let job = again.job_when(|job| job["status"] == "completed").await;
    let counts =
        ["total", "logged_out", "deferred", "skipped"].map(|name| job[name].as_u64().unwrap());
    assert_eq!(counts, [AGENTS, AGENTS - busy - offline, busy, offline]);
}
