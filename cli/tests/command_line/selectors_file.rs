//! `logout --from`: selectors in a file or standard input.

use serde_json::Value;

use crate::stack::{Stack, ended, ended_with_input, program};

fn agent_ids(rows: &str) -> Vec<u64> {
    let rows: Vec<Value> = serde_json::from_str(rows).unwrap();
    rows.iter()
        .map(|row| row["agent_id"].as_u64().unwrap())
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_and_flags_are_a_union() {
    let stack = Stack::start().await;
    let file = stack.file(
        "list",
        "# by id\r\n11\r\n\r\n22 # Bo\nteam 1\n34.211.11.7\n",
    );
    let args = ["logout", "--from", &file, "--ip", "34.211.11.8", "--json"];
    assert_eq!(agent_ids(&stack.results(&args).await), [11, 12, 13, 15, 22]);
}

#[tokio::test(flavor = "multi_thread")]
async fn selectors_can_come_from_standard_input() {
    let stack = Stack::start().await;
    let logout = stack.program(&["logout", "--from", "-", "--json"]);
    let ended = ended_with_input(logout, "12\n11").await;
    assert_eq!(ended.code, 0, "{ended:?}");
    assert_eq!(agent_ids(&ended.stdout), [11, 12]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_file_sends_nothing() {
    let stack = Stack::start().await;
    let bad = stack.file("bad", "11\n0\nacme.s3cret\n12, 13\n");
    let empty = stack.file("empty", "# nobody\n");
    let latin = stack.file("latin", b"11\n\xe9\n");
    for (file, code, expected) in [
        (bad.as_str(), 2, "bad has 3 bad lines:\n  line 2 must have"),
        (&empty, 2, "empty has no agents, teams or addresses"),
        (&latin, 1, "latin, line 2: not in UTF-8"),
        ("/no/such/file", 1, "cannot read /no/such/file"),
    ] {
        let ended = stack.run(&["logout", "--from", file]).await;
        assert_eq!((ended.code, ended.stdout.as_str()), (code, ""), "{ended:?}");
        assert!(ended.stderr.contains(expected), "{ended:?}");
        assert!(!ended.stderr.contains("s3cret"), "{ended:?}");
    }
    assert_eq!(stack.agent("11").await["status"], "lunch");
}

#[tokio::test(flavor = "multi_thread")]
async fn standard_input_has_one_purpose() {
    let args = ["logout", "--from", "-", "--token-stdin"];
    let ended = ended(program(&args)).await;
    assert_eq!(ended.code, 2, "{ended:?}");
    assert!(
        ended.stderr.contains("both --from - and --token-stdin"),
        "{ended:?}"
    );
}
