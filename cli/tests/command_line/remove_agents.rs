//! `agents remove`.

use serde_json::{Value, json};

use crate::stack::Stack;

/// How often something of agent 14 stands in the tables.
async fn traces(stack: &Stack) -> usize {
    let mut traces = 0;
    for table in ["agents", "team-members"] {
        let scan = stack.dynamodb().scan().table_name(table).send();
        let items = scan.await.unwrap().items.unwrap();
        let keys = items.iter().map(|item| format!("{item:?}"));
        let of_agent = |item: &String| item.contains("acme") && item.contains("N(\"14\")");
        traces += keys.filter(of_agent).count();
    }
    traces
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_left_of_an_agent_who_is_removed() {
    let stack = Stack::start().await;
    assert_eq!(traces(&stack).await, 2, "agent 14 and a membership");
    let removed = stack.run(&["agents", "remove", "14, 999", "--yes"]).await;
    assert_eq!(removed.code, 0, "{removed:?}");
    assert_eq!(removed.stdout, "1 agent removed\n");
    assert_eq!(removed.stderr, "not in the table: 999\n");
    assert_eq!(traces(&stack).await, 0);
    assert_eq!(stack.listed(&["--team", "1"]).await, [13, 15]);
    assert_eq!(
        stack.listed(&["--tenant", "globex"]).await,
        [11, 12, 13, 14]
    );
    let again = stack.run(&["agents", "remove", "14", "-y"]).await;
    assert_eq!(
        (again.code, again.stdout.as_str()),
        (0, "0 agents removed\n")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn agents_who_are_online_are_kept_unless_it_is_said_otherwise() {
    let stack = Stack::start().await;
    let remove = ["agents", "remove", "14", "13", "16", "--yes", "--json"];
    let kept = stack.run(&remove).await;
    assert_eq!(kept.code, 1, "{kept:?}");
    assert_eq!(
        kept.stderr,
        "agent-logout: not removed, because they are online: 13, 16; log them out first, or use --include-online\n"
    );
    let results: Value = serde_json::from_str(&kept.stdout).unwrap();
    let result = |agent_id: u64, result: &str| json!({"agent_id": agent_id, "result": result});
    let expected = [
        result(13, "online"),
        result(14, "removed"),
        result(16, "online"),
    ];
    assert_eq!(results, json!(expected));

    stack.run(&["logout", "--agent", "13"]).await;
    stack.results(&["agents", "remove", "13", "--yes"]).await;
    stack
        .results(&["agents", "remove", "16", "--yes", "--include-online"])
        .await;
    assert_eq!(stack.listed(&["--team", "1,2"]).await, [15, 17, 18]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_who_is_imported_again_is_a_new_one() {
    let stack = Stack::start().await;
    let before = stack.results(&["agents", "show", "14", "--json"]).await;
    stack.results(&["agents", "remove", "14", "--yes"]).await;
    let line = before.replace('\n', " ").replace("lunch", "Offline");
    let file = stack.file("again.jsonl", line);
    let imported = stack.results(&["agents", "import", &file]).await;
    assert!(
        imported.starts_with("1 agent imported: 1 added"),
        "{imported}"
    );
    assert_eq!(stack.listed(&["--team", "1"]).await, [13, 14, 15]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_script_that_does_not_confirm_removes_nobody() {
    let stack = Stack::start().await;
    let unconfirmed = stack.run(&["agents", "remove", "14"]).await;
    assert_eq!(unconfirmed.code, 2, "{unconfirmed:?}");
    assert!(
        unconfirmed.stderr.contains("it needs --yes"),
        "{unconfirmed:?}"
    );
    assert_eq!(traces(&stack).await, 2);
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_person_is_asked() {
    use crate::terminal::on_terminal;

    let stack = Stack::start().await;
    let remove = || stack.program(&["agents", "remove", "14"]);
    let question = "This removes 1 agent of acme, which cannot be undone: 14. Continue? [y/N]";
    let refused = on_terminal(remove(), 80, "\n").await;
    assert_eq!(refused.code, 1, "{refused:?}");
    assert!(refused.text.contains(question), "{refused:?}");
    assert_eq!(traces(&stack).await, 2);
    let confirmed = on_terminal(remove(), 80, "y\n").await;
    assert_eq!(confirmed.code, 0, "{confirmed:?}");
    assert_eq!(traces(&stack).await, 0);
}
