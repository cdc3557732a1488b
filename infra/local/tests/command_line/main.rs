//! The program itself: started, used as it says, stopped.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod api_docs;
mod running;

use std::path::Path;

use aws_sdk_dynamodb::types::AttributeValue;
use dynoxide::Database;
use running::{ANY_PORTS, Running, fails};
use serde_json::json;

fn roster(folder: &Path, text: &str) -> String {
    let path = folder.join("agents.jsonl");
    std::fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

const AGENT: &str = r#"{"tenant":"initech","agent_id":5,"name":"A","email":"a@x","agent_number":"1","team_ids":[],"status":"lunch","ip":"10.0.0.1","online_since":"2026-01-05T08:00:00Z"}"#;

#[tokio::test]
async fn the_printed_commands_work_as_printed() {
    let running = Running::start(&ANY_PORTS);
    assert!(
        running.greeting[0].starts_with("ready: http://127.0.0.1:"),
        "{:?}",
        running.greeting
    );
    assert_eq!(running.commands().len(), 3);
    for nth in 0..3 {
        let (status, rows) = running.paste(nth).await;
        assert_eq!(status, 200, "{rows}");
        assert!(
            rows.as_array()
                .unwrap()
                .iter()
                .any(|row| row["current_status"] == "Offline")
        );
    }
    let (status, again) = running.paste(0).await;
    assert_eq!(
        (status, &again["message"]),
        (400, &"cannot find any agent by input params".into())
    );
}

/// The agents that a request for the printed team waits for.
async fn waiting(running: &Running) -> Vec<u64> {
    let (status, rows) = running.paste(1).await;
    assert_eq!(status, 200);
    let rows = rows.as_array().unwrap().iter();
    rows.filter(|row| row["message"].is_string())
        .map(|row| row["agent_id"].as_u64().unwrap())
        .collect()
}

fn key(agent_id: u64) -> AttributeValue {
    AttributeValue::S(format!("acme#{agent_id}"))
}

#[tokio::test]
async fn a_call_ended_by_the_printed_event_is_followed_by_the_logout() {
    let running = Running::start(&ANY_PORTS);
    let waiting = waiting(&running).await;
    let agent_id = running.end_call();
    assert!(waiting.contains(&agent_id));
    running.until_offline(key(agent_id)).await;
}

#[tokio::test]
async fn a_call_ended_by_a_plain_write_is_followed_by_the_logout() {
    let folder = tempfile::tempdir().unwrap();
    let args = [&ANY_PORTS[..], &["--data", folder.path().to_str().unwrap()]].concat();
    let running = Running::start(&args);
    let waiting = waiting(&running).await;
    end_call_directly(&running, waiting[0]).await;
    running.until_offline(key(waiting[0])).await;

    // Written while nothing reads the stream.
    running.signal("KILL");
    let database = local::backends::dynamodb::open(Some(folder.path())).unwrap();
    end_call_in(&database, waiting[1]);
    drop(database);
    let again = Running::start(&args);
    again.until_offline(key(waiting[1])).await;
}

#[tokio::test]
async fn a_data_folder_from_before_the_stream_gets_one() {
    let folder = tempfile::tempdir().unwrap();
    let args = [&ANY_PORTS[..], &["--data", folder.path().to_str().unwrap()]].concat();
    let running = Running::start(&args);
    let waiting = waiting(&running).await;
    assert!(running.signal("INT").1);
    let database = local::backends::dynamodb::open(Some(folder.path())).unwrap();
    let without =
        json!({ "TableName": "agents", "StreamSpecification": { "StreamEnabled": false } });
    let without = serde_json::from_value(without).unwrap();
    database.update_table(without).unwrap();
    drop(database);
    let again = Running::start(&args);
    end_call_directly(&again, waiting[0]).await;
    again.until_offline(key(waiting[0])).await;
}

/// While nothing runs.
fn end_call_in(database: &Database, agent_id: u64) {
    let update = json!({
        "TableName": "agents",
        "Key": { "agent_key": { "S": format!("acme#{agent_id}") } },
        "UpdateExpression": "SET agent_status = :status",
        "ExpressionAttributeValues": { ":status": { "S": "Break" } },
    });
    let update = serde_json::from_value(update).unwrap();
    database.update_item(update).unwrap();
}

async fn end_call_directly(running: &Running, agent_id: u64) {
    let update = running.dynamodb().update_item().table_name("agents");
    let update = update
        .key("agent_key", key(agent_id))
        .update_expression("SET agent_status = :status")
        .expression_attribute_values(":status", AttributeValue::S("Break".to_owned()));
    update.send().await.unwrap();
}

#[test]
fn a_signal_stops_it_cleanly() {
    for signal in ["INT", "TERM"] {
        let (printed, success) = Running::start(&ANY_PORTS).signal(signal);
        assert_eq!((printed.as_str(), success), ("stopped\n", true), "{signal}");
    }
}

#[test]
fn a_taken_port_is_told_with_the_flag_that_helps() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = taken.local_addr().unwrap().to_string();
    for flag in ["--listen", "--dynamodb-listen", "--sqs-listen"] {
        let mut args = ANY_PORTS;
        let position = args.iter().position(|arg| *arg == flag).unwrap();
        args[position + 1] = &taken;
        let (code, error) = fails(&args);
        assert_eq!(code, 1);
        let told = format!("local: cannot listen on {taken}; choose another address with {flag}");
        assert!(error.starts_with(&told), "{error}");
    }
}

#[test]
fn a_bad_roster_is_refused_by_file_line_and_reason() {
    let folder = tempfile::tempdir().unwrap();
    let future = AGENT.replace("2026-01-05", "2999-01-05");
    for (bad, reason) in [
        (
            AGENT.replace("\"name\"", "\"nmae\""),
            "line 2: unknown field `nmae`",
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

#[tokio::test]
async fn a_data_folder_keeps_what_was_done() {
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
        again.greeting[1].contains("0 agents loaded, 1 kept as they were"),
        "{:?}",
        again.greeting
    );
    assert_eq!(again.paste(0).await.0, 400);
    assert!(again.signal("INT").1);

    // Without the roster, the sample's tenants come in beside it, so that what is printed works.
    let sample = Running::start(&[&ANY_PORTS[..], &args[8..]].concat());
    assert_eq!(sample.paste(0).await.0, 200);
}

/// A made-up roster in a data folder: one request for everybody, and the process killed while the job is under way.
#[tokio::test]
async fn a_job_survives_that_the_process_is_killed() {
    // More chunks than are worked on at once, so that some are left when the first is counted.
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
        again.greeting[2].contains("unfinished jobs that go on: 1"),
        "{:?}",
        again.greeting
    );
    let job = again.job_when(|job| job["status"] == "completed").await;
    let counts =
        ["total", "logged_out", "deferred", "skipped"].map(|name| job[name].as_u64().unwrap());
    assert_eq!(counts, [AGENTS, AGENTS - busy - offline, busy, offline]);
}
