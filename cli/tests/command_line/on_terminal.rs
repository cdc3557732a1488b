//! What is different on a terminal: questions, spinners, tables that fit, local times, wrapped help.
#![cfg(unix)]

use crate::fake_service::{FakeService, answer};
use crate::stack::{Stack, program};
use crate::terminal::on_terminal;
use crate::usage::COMMANDS;

const QUESTION: &str = "This may log out more than 100 agents: 1 team. Continue? [y/N]";

#[tokio::test(flavor = "multi_thread")]
async fn a_team_is_logged_out_once_it_is_confirmed() {
    let stack = Stack::start().await;
    let logout = || stack.program(&["logout", "--team", "1"]);
    for no in ["\n", "n\n", "no\n", "x\n", "\u{4}"] {
        let refused = on_terminal(logout(), 80, no).await;
        assert_eq!(refused.code, 1, "{refused:?}");
        assert!(refused.text.contains(QUESTION), "{refused:?}");
        assert!(
            refused
                .text
                .ends_with("agent-logout: not confirmed, so nobody was logged out\n"),
            "{refused:?}"
        );
    }
    let confirmed = on_terminal(logout(), 80, "Yes\n").await;
    assert_eq!(confirmed.code, 0, "{confirmed:?}");
    assert!(confirmed.text.contains(QUESTION), "{confirmed:?}");
    assert!(confirmed.text.ends_with(" logged out\n"), "{confirmed:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn few_agents_and_scripts_are_not_asked_about() {
    let stack = Stack::start().await;
    for args in [
        &["logout", "--agent", "11,12"][..],
        &["logout", "--team", "1", "--yes"],
        &["logout", "--team", "1", "-y"],
    ] {
        let ended = on_terminal(stack.program(args), 80, "").await;
        assert_eq!(ended.code, 0, "{ended:?}");
        assert!(!ended.text.contains("Continue?"), "{ended:?}");
    }
    let script = stack.run(&["logout", "--team", "1"]).await;
    assert_eq!(script.code, 0, "{script:?}");
    assert!(!script.stderr.contains("Continue?"), "{script:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_without_a_total_has_a_spinner() {
    let job = |status: &str, counts: &str| {
        answer(
            "200 OK",
            &format!(r#"{{"id":1,"status":"{status}"{counts}}}"#),
        )
    };
    let service = FakeService::start(vec![
        job("created", ""),
        job("created", ""),
        job("in_progress", r#","total":4,"logged_out":1"#),
        job("completed", r#","total":4,"logged_out":4"#),
    ]);
    let mut program = program(&["job", "1", "--tenant", "acme", "--url", &service.url]);
    program.env("AGENT_LOGOUT_TOKEN", "a.b");
    let ended = on_terminal(program, 80, "").await;
    assert_eq!((ended.code, service.stop()), (0, 4), "{ended:?}");
    assert!(ended.text.contains("job 1"), "{ended:?}");
    assert!(!ended.text.contains("0/0"), "{ended:?}");
    assert!(ended.text.contains("1/4"), "{ended:?}");
}

/// The columns that a text takes at most; every character of it takes one.
fn width(text: &str) -> usize {
    let widths = text.lines().map(|line| line.chars().count());
    widths.max().unwrap_or(0)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_fits_the_terminal() {
    let stack = Stack::start().await;
    let long = "a name of twenty-two characters and more ".repeat(2);
    stack.set(11, "agent_name", &long).await;
    for (columns, agents, outcomes) in [
        (120, "ONLINE SINCE", "EMAIL"),
        (80, "ADDRESS", "BEFORE"),
        (40, "LOGOUT", "LOGGED OUT"),
    ] {
        let list = on_terminal(stack.program(&["agents", "list"]), columns, "").await;
        assert!(width(&list.text) <= columns.into(), "{}", list.text);
        assert!(list.text.contains(agents), "{}", list.text);
        assert!(list.text.contains("a name…") || list.text.contains("a name of"));
        assert_eq!(list.text.lines().count(), 14, "{}", list.text);
        stack.set(11, "agent_status", "lunch").await;
        let logout = stack.program(&["logout", "--agent", "11,16"]);
        let rows = on_terminal(logout, columns, "").await;
        let table: Vec<&str> = rows.text.lines().take(3).collect();
        let table = table.join("\n");
        assert!(width(&table) <= columns.into(), "{}", rows.text);
        assert!(table.contains(outcomes), "{}", rows.text);
    }
    let piped = stack.results(&["agents", "list"]).await;
    assert!(piped.contains(long.trim()), "{piped}");
}

#[tokio::test(flavor = "multi_thread")]
async fn times_are_local_on_a_terminal_alone() {
    let stack = Stack::start().await;
    let signed_in = stack.agent("16").await["online_since"].to_string();
    let signed_in = signed_in.trim_matches('"').to_owned();
    let run = |args: &[&str]| {
        let mut program = stack.program(args);
        program.env("TZ", "TEST-5:30");
        program
    };
    let show = ["agents", "show", "16"];
    let local = on_terminal(run(&show), 80, "").await;
    assert!(local.text.contains(" +05:30\n"), "{local:?}");
    assert!(!local.text.contains(&signed_in), "{local:?}");
    for flags in [&["--utc"][..], &["--json"]] {
        let utc = on_terminal(run(&[&show, flags].concat()), 80, "").await;
        assert!(utc.text.contains(&signed_in), "{utc:?}");
    }
    let piped = crate::stack::ended(run(&show)).await;
    assert!(piped.stdout.contains(&signed_in), "{piped:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn help_fits_80_columns() {
    for command in COMMANDS {
        let mut help = program(&[command, &["--help"]].concat());
        help.env("NO_COLOR", "1");
        let help = on_terminal(help, 80, "").await;
        assert!(width(&help.text) <= 80, "{}", help.text);
    }
}
