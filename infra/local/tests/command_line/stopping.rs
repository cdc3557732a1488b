//! Signals, and what may not stop the program.

use std::process::{Command, Stdio};

use super::data_folder::{AGENT, agents_in, database_in, roster};
use super::running::{ANY_PORTS, Running};

#[test]
fn a_signal_stops_the_program_cleanly() {
    for signal in ["INT", "TERM", "HUP"] {
        let (printed, success) = Running::start(&ANY_PORTS).signal(signal);
        assert_eq!((printed.as_str(), success), ("stopped\n", true), "{signal}");
    }
}

#[tokio::test]
async fn a_full_standard_error_does_not_stop_the_program() {
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full");
    let args = [&ANY_PORTS[..], &["--sync-limit", "1"]].concat();
    let running = Running::start_with_errors(&args, full.unwrap().into());
    // Accepting a job is logged.
    let (status, job) = running.paste(1).await;
    assert_eq!((status, &job["status"]), (200, &"created".into()));
    assert!(running.signal("TERM").1);
}

/// Stopped as soon as the first agents are being loaded: there is no database then, or a complete one.
#[test]
fn agents_are_loaded_as_a_whole_or_not_at_all() {
    const AGENTS: u32 = 6_000;
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().to_str().unwrap();
    let agents = AGENTS.to_string();
    let args = [&ANY_PORTS[..], &["--sample", &agents, "--data", data]].concat();
    let mut child = Command::new(env!("CARGO_BIN_EXE_local"))
        .args(&args)
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut first = [0];
    std::io::Read::read_exact(child.stderr.as_mut().unwrap(), &mut first).unwrap();
    let draft = folder.path().join("dynamodb.sqlite.loading-wal");
    // Until there is something of the roster on the disk.
    while std::fs::metadata(&draft).is_ok_and(|draft| draft.len() < 1_000_000) {}
    let kill = format!("kill -TERM {}", child.id());
    Command::new("sh").args(["-c", &kill]).status().unwrap();
    assert!(child.wait().unwrap().success());
    let stopped = agents_in(&database_in(folder.path()));
    assert!([0, i64::from(AGENTS)].contains(&stopped), "{stopped}");

    assert!(Running::start(&args).signal("TERM").1);
    assert_eq!(agents_in(&database_in(folder.path())), i64::from(AGENTS));
}

#[test]
fn a_reload_that_is_stopped_leaves_the_agents_as_they_were() {
    let folder = tempfile::tempdir().unwrap();
    let file = roster(folder.path(), AGENT);
    let data = folder.path().join("data");
    let args = [
        &ANY_PORTS[..],
        &["--agents", &file, "--data", data.to_str().unwrap()],
    ]
    .concat();
    assert!(Running::start(&args).signal("TERM").1);
    // What a reload leaves that is killed.
    std::fs::write(data.join("dynamodb.sqlite.loading"), "half a database").unwrap();
    let again = Running::start(&args);
    assert!(
        again.greeting[1].contains("1 agents and all tokens left"),
        "{:?}",
        again.greeting
    );
    assert!(!data.join("dynamodb.sqlite.loading").exists());
}
