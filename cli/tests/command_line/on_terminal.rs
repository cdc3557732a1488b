//! What is different on a terminal: questions and spinners.
#![cfg(unix)]

use crate::fake_service::{FakeService, answer};
use crate::stack::{Stack, program};
use crate::terminal::on_terminal;

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
