//! The data folder: what it keeps, also if the process is killed.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use aws_sdk_dynamodb::types::AttributeValue;
use dynoxide::Database;
use local::data_folder::DataFolder;
use rusqlite::Connection;

use super::running::{ANY_PORTS, Running, client};

/// Writes a roster, and returns its path.
pub fn roster(folder: &Path, text: &str) -> String {
    let path = folder.join("agents.jsonl");
    std::fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

/// An agent of the tenant `initech`, who is online.
pub const AGENT: &str = r#"{"tenant":"initech","agent_id":5,"name":"A","email":"a@x","agent_number":"1","team_ids":[],"status":"lunch","ip":"10.0.0.1","online_since":"2026-01-05T08:00:00Z"}"#;

/// The database in a folder, while the program does not run.
pub fn database_in(folder: &Path) -> Database {
    let folder = DataFolder::open(folder).unwrap();
    folder.database().unwrap()
}

/// How many agents there are.
pub fn agents_in(database: &Database) -> i64 {
    let tables = database.table_stats().unwrap();
    let agents = tables.iter().find(|table| table.table_name == "agents");
    agents.map_or(0, |table| table.item_count)
}

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
        again.greeting[1].contains("(none loaded: 1 agents and all tokens left as they are)"),
        "{:?}",
        again.greeting
    );
    assert_eq!(again.paste(0).await.0, 400);
    assert!(again.signal("INT").1);

    // Without the roster: no sample beside the agents of the folder, and no commands that would not work.
    let without = Running::start(&[&ANY_PORTS[..], &args[8..]].concat());
    assert!(without.commands().is_empty());
    assert!(without.signal("INT").1);

    // Only on request.
    let reloaded = Running::start(&[&args[..], &["--reload-agents"]].concat());
    assert!(reloaded.greeting[1].contains("(1 agents loaded)"));
    assert_eq!(reloaded.paste(0).await.0, 200);
}

/// A tenant whose token is an operator's own is not opened by the token that everybody knows.
#[tokio::test]
async fn a_tenant_of_the_operator_gets_neither_a_roster_nor_a_well_known_token() {
    let folder = tempfile::tempdir().unwrap();
    let file = roster(folder.path(), AGENT);
    let data = folder.path().join("data");
    let only_data = [&ANY_PORTS[..], &["--data", data.to_str().unwrap()]].concat();
    let with_roster = [&only_data[..], &["--agents", &file]].concat();
    let with_reload = [&with_roster[..], &["--reload-agents"]].concat();
    let sample = Running::start(&only_data);
    let token = [
        ("token_id", AttributeValue::S("own".to_owned())),
        ("tenant", AttributeValue::S("initech".to_owned())),
    ];
    let put = sample.dynamodb().put_item().table_name("api-tokens");
    let put = token
        .into_iter()
        .fold(put, |put, (name, value)| put.item(name, value));
    put.send().await.unwrap();
    assert!(sample.signal("TERM").1);

    for (args, loaded) in [
        (with_roster, "none loaded"),
        (with_reload, "1 agents loaded"),
    ] {
        let running = Running::start(&args);
        assert!(
            running.greeting[1].contains(loaded),
            "{:?}",
            running.greeting
        );
        let token = running.dynamodb().get_item().table_name("api-tokens");
        let token = token.key("token_id", AttributeValue::S("initech".to_owned()));
        assert_eq!(token.send().await.unwrap().item, None);
        assert!(running.signal("TERM").1);
    }
}

#[test]
fn only_the_owner_reads_the_folder_and_its_files() {
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let args = [&ANY_PORTS[..], &["--data", data.to_str().unwrap()]].concat();
    let all_for_owner = || {
        assert_eq!(mode(&data), 0o700);
        let mut files = 0;
        for file in std::fs::read_dir(&data).unwrap() {
            let file = file.unwrap().path();
            assert_eq!(mode(&file), 0o600, "{}", file.display());
            files += 1;
        }
        assert_eq!(files, 3);
    };
    let running = Running::start(&args);
    all_for_owner();
    running.signal("KILL");
    for path in std::fs::read_dir(&data).unwrap() {
        let open = Permissions::from_mode(0o644);
        std::fs::set_permissions(path.unwrap().path(), open).unwrap();
    }
    std::fs::set_permissions(&data, Permissions::from_mode(0o755)).unwrap();
    let again = Running::start(&args);
    all_for_owner();
    drop(again);
}

/// The numbers of jobs can still be written, and the jobs themselves cannot.
#[tokio::test]
async fn a_job_that_cannot_be_stored_is_not_accepted() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().to_str().unwrap();
    let args = [&ANY_PORTS[..], &["--sync-limit", "1", "--data", data]].concat();
    let running = Running::start(&args);
    let sqlite = Connection::open(folder.path().join("dynamodb.sqlite")).unwrap();
    sqlite
        .execute_batch(
            "CREATE TRIGGER full BEFORE INSERT ON \"jobs\" WHEN NEW.item_json LIKE '%selection%'
             BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END",
        )
        .unwrap();
    let (user, password, _, url) = running.commands().swap_remove(0);
    let request = client().post(url).basic_auth(user, Some(password));
    let request = request.header("content-type", "application/json");
    let answer = request
        .body(r#"{"agent_ids":[1,2,3]}"#)
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), 503);
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
