//! `agents list` and `agents show`.

use crate::stack::Stack;

#[tokio::test(flavor = "multi_thread")]
async fn a_list_has_the_agents_of_one_tenant_that_pass_every_filter() {
    let stack = Stack::start().await;
    let none = [0; 0];
    let all: Vec<u64> = (11..=23).collect();
    assert_eq!(stack.listed(&[]).await, all);
    assert_eq!(
        stack.listed(&["--tenant", "globex"]).await,
        [11, 12, 13, 14]
    );
    assert_eq!(
        stack.listed(&["--team", "1", "--team", "3"]).await,
        [13, 14, 15, 18, 19, 20, 21]
    );
    assert_eq!(stack.listed(&["--ip", "34.211.11.0/24"]).await, [11, 12]);
    assert_eq!(
        stack
            .listed(&["--ip", "34.211.12.16-34.211.12.17,2001:db8::/48"])
            .await,
        [13, 16, 17]
    );
    assert_eq!(
        stack.listed(&["--status", "IN CALL, Offline"]).await,
        [14, 16, 19, 21]
    );
    assert_eq!(
        stack
            .listed(&["--team", "2", "--ip", "34.211.12.17", "--status", "In-chat"])
            .await,
        [17]
    );
    assert_eq!(
        stack
            .listed(&["--team", "2", "--ip", "2001:db8::/32"])
            .await,
        none
    );
    assert_eq!(stack.listed(&["--team", "99"]).await, none);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_is_a_table_by_default() {
    let stack = Stack::start().await;
    assert_eq!(stack.run(&["logout", "--agent", "16"]).await.code, 3);
    let table = stack.results(&["agents", "list", "--team", "2"]).await;
    let lines: Vec<&str> = table.lines().collect();
    assert_eq!(lines.len(), 5, "{table}");
    assert!(
        lines[0].starts_with("AGENT  NAME       STATUS     TEAMS"),
        "{table}"
    );
    assert!(
        lines[2].starts_with("16     Blaise P   In-call    2"),
        "{table}"
    );
    assert!(
        lines[2].ends_with("pending") && !lines[1].contains("pending"),
        "{table}"
    );
    let none = stack.run(&["agents", "list", "--team", "99"]).await;
    assert_eq!((none.code, none.stdout.as_str()), (0, ""));
    assert_eq!(none.stderr, "acme has no such agents.\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_is_shown_with_pending_and_last_logout() {
    let stack = Stack::start().await;
    let before = stack.results(&["agents", "show", "16"]).await;
    assert!(
        before.contains("status                In-call\n"),
        "{before}"
    );
    assert!(before.contains("logout pending since  -\n"), "{before}");
    stack.run(&["logout", "--agent", "11,16"]).await;
    let pending = stack.results(&["agents", "show", "16"]).await;
    assert!(pending.contains("logout pending since  20"), "{pending}");
    let out = stack.results(&["agents", "show", "11"]).await;
    assert!(out.contains("status                Offline\n"), "{out}");
    assert!(out.contains("last logged out       20"), "{out}");
    let missing = stack.run(&["agents", "show", "99"]).await;
    assert_eq!(missing.code, 1);
    assert_eq!(missing.stderr, "agent-logout: acme has no agent 99\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_cannot_control_the_terminal() {
    let stack = Stack::start().await;
    stack.set(11, "agent_name", "\u{1b}[2JVader\n").await;
    for args in [
        &["agents", "list"][..],
        &["agents", "show", "11"],
        &["logout", "--agent", "11"],
    ] {
        let printed = stack.results(args).await;
        assert!(
            printed.contains("Vader") && !printed.contains('\u{1b}'),
            "{printed}"
        );
    }
}
