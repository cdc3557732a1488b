//! `agents import`.

use serde_json::json;

use crate::stack::{Stack, ended_with_input};

const HEADER: &str = "tenant,agent_id,name,email,agent_number,team_ids,status,ip,online_since";

#[tokio::test(flavor = "multi_thread")]
async fn csv_and_json_lines_are_imported() {
    let stack = Stack::start().await;
    let csv = stack.file("new.csv", format!("{HEADER}\n,,,,,,,,\nacme,101,\"Lee, Ann\",ann@acme.example,No. 101,7;8,Offline,,\nacme,102,Bob,bob@acme.example,No. 102,7,lunch,10.1.0.2,2026-01-05T08:00:00Z\n  \n, ,\n,,,,,,,,,,\n"));
    let imported = stack.results(&["agents", "import", &csv]).await;
    assert_eq!(
        imported,
        "2 agents imported: 2 added, 0 brought up to date; 3 team memberships added, 0 removed\n"
    );
    let ann = json!({"tenant": "acme", "agent_id": 101, "name": "Lee, Ann", "email": "ann@acme.example",
        "agent_number": "No. 101", "team_ids": [7, 8], "status": "Offline"});
    assert_eq!(stack.agent("101").await, ann);

    let line = ann.to_string().replace("101", "103");
    let jsonl = stack.file("new.jsonl", format!("{line}\n"));
    stack.results(&["agents", "import", &jsonl]).await;
    assert_eq!(stack.listed(&["--team", "8"]).await, [101, 103]);
    assert_eq!(stack.listed(&["--ip", "10.1.0.0/16"]).await, [102]);

    let line = line.replace("103", "104");
    let import = stack.program(&["agents", "import", "-"]);
    assert_eq!(ended_with_input(import, &line).await.code, 0);
    assert_eq!(stack.listed(&["--team", "8"]).await, [101, 103, 104]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_listed_can_be_imported() {
    let stack = Stack::start().await;
    // One is logged out, one logout is pending.
    stack.run(&["logout", "--agent", "11,16"]).await;
    let listed = stack.results(&["agents", "list", "--json"]).await;
    assert!(listed.contains("last_logout") && listed.contains("pending_logout"));
    let shown = stack.results(&["agents", "show", "16", "--json"]).await;
    for (name, text) in [
        ("list.json", &listed),
        ("list", &listed),
        ("show.json", &shown),
    ] {
        let file = stack.file(name, text);
        let imported = stack.results(&["agents", "import", &file]).await;
        assert!(imported.contains("0 added"), "{name}: {imported}");
        assert_eq!(stack.results(&["agents", "list", "--json"]).await, listed);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn importing_a_file_again_changes_nothing() {
    let stack = Stack::start().await;
    let rows: Vec<String> = (1001..=1250)
        .map(|n| {
            format!(
                "acme,{n},Agent {n},{n}@acme.example,No. {n},{};{},Offline,,\n",
                n % 9 + 10,
                n % 4 + 20
            )
        })
        .collect();
    let csv = stack.file("many.csv", format!("{HEADER}\n{}", rows.concat()));
    let first = stack.results(&["agents", "import", &csv]).await;
    assert_eq!(
        first,
        "250 agents imported: 250 added, 0 brought up to date; 500 team memberships added, 0 removed\n"
    );
    let before = stack.results(&["agents", "list", "--json"]).await;
    let again = stack.results(&["agents", "import", &csv]).await;
    assert_eq!(
        again,
        "250 agents imported: 0 added, 250 brought up to date; 0 team memberships added, 0 removed\n"
    );
    assert_eq!(stack.results(&["agents", "list", "--json"]).await, before);
}

/// As after an import that stopped between memberships and agents, or after a membership was deleted.
#[tokio::test(flavor = "multi_thread")]
async fn importing_a_file_again_restores_a_lost_membership() {
    let stack = Stack::start().await;
    let csv = stack.file("a.csv", format!("{HEADER}\nacme,101,A,a@x,1,7,Offline,,\n"));
    stack.results(&["agents", "import", &csv]).await;
    let delete = stack.dynamodb().delete_item().table_name("team-members");
    let text = |text: &str| aws_sdk_dynamodb::types::AttributeValue::S(text.to_owned());
    let number = aws_sdk_dynamodb::types::AttributeValue::N("101".to_owned());
    let delete = delete
        .key("team_key", text("acme#7"))
        .key("agent_id", number);
    delete.send().await.unwrap();
    assert_eq!(stack.listed(&["--team", "7"]).await, [0; 0]);
    stack.results(&["agents", "import", &csv]).await;
    assert_eq!(stack.listed(&["--team", "7"]).await, [101]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_leaves_the_teams_that_the_file_does_not_name() {
    let stack = Stack::start().await;
    let import = async |teams: &str| {
        let csv = stack.file(
            "a.csv",
            format!("{HEADER}\nacme,15,Ada,ada@acme.example,No. 115,{teams},Offline,,\n"),
        );
        stack.results(&["agents", "import", &csv]).await
    };
    assert!(
        import("2 3")
            .await
            .ends_with("1 team membership added, 1 removed\n")
    );
    assert_eq!(stack.listed(&["--team", "1"]).await, [13, 14]);
    assert_eq!(stack.listed(&["--team", "2"]).await, [15, 16, 17, 18]);
    assert_eq!(stack.listed(&["--team", "3"]).await, [15, 18, 19, 20, 21]);
    assert_eq!(stack.agent("15").await["team_ids"], json!([2, 3]));
    assert!(
        import("")
            .await
            .ends_with("0 team memberships added, 2 removed\n")
    );
    assert_eq!(
        stack.listed(&["--team", "2,3"]).await,
        [16, 17, 18, 19, 20, 21]
    );
    assert_eq!(stack.agent("15").await["team_ids"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_changes_neither_status_nor_session_nor_logouts() {
    let stack = Stack::start().await;
    // Agent 16 is on a call, so the logout is pending; 11 is idle, so it has happened.
    assert_eq!(stack.run(&["logout", "--agent", "11,16"]).await.code, 3);
    let before = [stack.agent("11").await, stack.agent("16").await];
    assert!(before[0]["last_logout"].is_object() && before[1]["pending_logout"].is_object());
    let rows = "acme,11,New Name,new@acme.example,No. 1,5,Break,10.9.9.9,2026-01-06T08:00:00Z\n\
                acme,16,Blaise,blaise@acme.example,No. 2,5,Offline,,\n";
    let csv = stack.file("a.csv", format!("{HEADER}\n{rows}"));
    stack.results(&["agents", "import", &csv]).await;
    for (id, before, name) in [("11", &before[0], "New Name"), ("16", &before[1], "Blaise")] {
        let after = stack.agent(id).await;
        assert_eq!(after["name"], name);
        assert_eq!(after["team_ids"], json!([5]));
        for kept in [
            "status",
            "ip",
            "online_since",
            "pending_logout",
            "last_logout",
        ] {
            assert_eq!(after[kept], before[kept], "{id}: {kept}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_lines_are_listed_by_number_and_nothing_is_written() {
    let stack = Stack::start().await;
    let good = r#"{"tenant":"acme","agent_id":101,"name":"A","email":"a@x","agent_number":"1","team_ids":[7],"status":"Offline"}"#;
    let bad = good.replace("\"agent_id\":101", "\"agent_id\":0");
    let jsonl = stack.file("bad.jsonl", format!("{good}\n{bad}\n\n{good}\nnothing\n"));
    let csv = stack.file(
        "bad.csv",
        format!("{HEADER}\nacme,101,A,a@x,1,7,Offline,,\nacme,102\nacme,103,A,a@x,1,7,lunch,,\n"),
    );
    for (file, expected) in [
        (
            &jsonl,
            vec![
                "line 2: agent_id: expected an integer from 1 to 9007199254740991",
                "line 4: agent 101 of this tenant was on an earlier line",
                "line 5: not JSON at column 2",
                "3 bad lines; nothing was written",
            ],
        ),
        (
            &csv,
            vec![
                "line 3: 2 cells, and the header has 9",
                "line 4: an agent who is \"lunch\" needs online_since",
                "2 bad lines; nothing was written",
            ],
        ),
    ] {
        let ended = stack.run(&["agents", "import", file]).await;
        assert_eq!((ended.code, ended.stdout.as_str()), (1, ""));
        for expected in expected {
            assert!(ended.stderr.contains(expected), "{expected}: {ended:?}");
        }
    }
    assert_eq!(stack.listed(&["--team", "7"]).await, [0; 0]);
    assert_eq!(stack.run(&["agents", "show", "101"]).await.code, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unclosed_quote_is_reported() {
    let stack = Stack::start().await;
    let rows = "acme,101,\"Ann,a@x,1,7,Offline,,\nacme,102,Bob\",b@x,1,7,Offline,,\n";
    let rows = rows.replace("Ann,a@x,1,7,Offline,,", "Ann");
    let csv = stack.file("a.csv", format!("{HEADER}\n{rows}"));
    let ended = stack.run(&["agents", "import", &csv]).await;
    assert_eq!(ended.code, 1, "{ended:?}");
    assert!(ended.stderr.contains("line 2: "), "{ended:?}");
    let rows = "acme,101,\"Ann\nLee\",a@x,1,7,Offline,,\n";
    let csv = stack.file("a.csv", format!("{HEADER}\n{rows}"));
    let ended = stack.run(&["agents", "import", &csv]).await;
    assert_eq!(ended.code, 1, "{ended:?}");
    let expected = "line 2: name has a control character or a line break";
    assert!(ended.stderr.contains(expected), "{ended:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unusable_file_is_reported() {
    let stack = Stack::start().await;
    let latin = stack.file(
        "latin-1.csv",
        [HEADER.as_bytes(), b"\nacme,1,\xe9"].concat(),
    );
    let empty = stack.file("empty.jsonl", "\n");
    for (file, expected) in [
        (latin.as_str(), "line 2: not in UTF-8"),
        (empty.as_str(), "has no agents"),
        ("/no/such/file", "cannot read /no/such/file"),
    ] {
        let ended = stack.run(&["agents", "import", file]).await;
        assert_eq!(ended.code, 1);
        assert!(ended.stderr.contains(expected), "{ended:?}");
    }
}
