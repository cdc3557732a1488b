//! Flags and rosters: what is refused, and with which words.

use super::data_folder::{AGENT, roster};
use super::running::{ANY_PORTS, fails};

#[test]
fn a_taken_port_is_reported_with_the_flag_that_helps() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = taken.local_addr().unwrap().to_string();
    for flag in ["--listen", "--dynamodb-listen", "--sqs-listen"] {
        let mut args = ANY_PORTS;
        let position = args.iter().position(|arg| *arg == flag).unwrap();
        args[position + 1] = &taken;
        let (code, error) = fails(&args);
        assert_eq!(code, 1);
        let message =
            format!("local: cannot listen on {taken}; choose another address with {flag}");
        assert!(error.starts_with(&message), "{error}");
    }
}

#[test]
fn a_bad_roster_is_refused_by_file_line_and_reason() {
    let folder = tempfile::tempdir().unwrap();
    let future = AGENT.replace("2026-01-05", "2999-01-05");
    for (bad, reason) in [
        (
            AGENT.replace("\"name\"", "\"nmae\""),
            "line 2: nmae: unknown key",
        ),
        (
            AGENT.to_owned(),
            "line 2: agent 5 of this tenant was on an earlier line",
        ),
        (
            AGENT.replace("10.0.0.1", "10.0.0"),
            "line 2: ip \"10.0.0\" is not an IP address",
        ),
        (
            future,
            "line 2: online_since \"2999-01-05T08:00:00Z\" is in the future",
        ),
    ] {
        let file = roster(folder.path(), &format!("{AGENT}\n{bad}\n"));
        let (code, error) = fails(&[&ANY_PORTS[..], &["--agents", &file]].concat());
        assert_eq!(code, 1);
        assert!(error.contains(&format!("{file}, {reason}")), "{error}");
    }
    let not_utf8 = folder.path().join("latin-1.jsonl");
    std::fs::write(&not_utf8, b"\n{\xe9}").unwrap();
    let (_, error) = fails(&["--agents", not_utf8.to_str().unwrap()]);
    assert!(error.contains("line 2: not in UTF-8"), "{error}");
    let (code, error) = fails(&["--agents", "/no/such/file"]);
    assert_eq!(code, 1);
    assert!(error.contains("cannot read /no/such/file"), "{error}");
}

#[test]
fn an_agent_in_two_files_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let file = roster(folder.path(), AGENT);
    let (code, error) = fails(&["--agents", &file, "--agents", &file]);
    assert_eq!(code, 1);
    assert!(
        error.contains("line 1: agent 5 of this tenant was on an earlier line"),
        "{error}"
    );
}

#[test]
fn a_wrong_flag_is_a_usage_error() {
    for args in [&["--sync-limit", "0"][..], &["--listen", "here"], &["--no"]] {
        assert_eq!(fails(args).0, 2, "{args:?}");
    }
}

#[test]
fn busy_statuses_must_be_different_and_none_means_offline() {
    for (busy, reason) in [
        (vec!["off-line"], "Offline cannot be a busy status"),
        (vec!["On hold", "on_hold"], "a busy status is named twice"),
        (vec![" "], "the busy status number 1 is empty"),
    ] {
        let flags = busy.iter().flat_map(|status| ["--busy-status", *status]);
        let args: Vec<&str> = ANY_PORTS.into_iter().chain(flags).collect();
        let (code, error) = fails(&args);
        assert_eq!(code, 1);
        assert!(
            error.contains(&format!("--busy-status: {reason}")),
            "{error}"
        );
    }
}
