//! `logout` and `job`.

use serde_json::Value;

use crate::stack::{Stack, ended_with_input};

#[tokio::test(flavor = "multi_thread")]
async fn the_exit_code_says_whether_logouts_are_pending() {
    let stack = Stack::start().await;
    let idle = stack
        .run(&["logout", "--agent", "11", "--agent", "12"])
        .await;
    assert_eq!(idle.code, 0, "{idle:?}");
    assert_eq!(idle.stderr, "2 agents logged out\n");
    let lines: Vec<&str> = idle.stdout.lines().collect();
    assert_eq!(lines.len(), 3, "{idle:?}");
    assert!(
        lines[0].starts_with("AGENT  NAME         EMAIL"),
        "{idle:?}"
    );
    assert!(
        lines[1].starts_with("11     Darth Vader") && lines[1].ends_with("now"),
        "{idle:?}"
    );

    let mixed = stack.run(&["logout", "--team", "2"]).await;
    assert_eq!(mixed.code, 3, "{mixed:?}");
    assert_eq!(
        mixed.stderr,
        "2 agents logged out, 2 will be as soon as their call or chat ends\n"
    );
    let busy = stack
        .run(&["logout", "--ip", "34.211.12.16 - 34.211.12.17"])
        .await;
    assert_eq!(busy.code, 3, "{busy:?}");
    assert!(busy.stdout.contains("after call/chat"), "{busy:?}");

    let none = stack.run(&["logout", "--agent", "11"]).await;
    assert_eq!((none.code, none.stdout.as_str()), (0, ""));
    assert_eq!(
        none.stderr,
        "no matching agent is online, so nobody was logged out\nnot logged out: 11 (offline or unknown)\n"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn agents_who_were_asked_for_and_skipped_are_named() {
    let stack = Stack::start().await;
    let ended = stack.run(&["logout", "--agent", "999,11,14"]).await;
    assert_eq!(ended.code, 0, "{ended:?}");
    assert_eq!(
        ended.stderr,
        "1 agent logged out\nnot logged out: 14, 999 (offline or unknown)\n"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn spaces_around_commas_are_allowed() {
    let stack = Stack::start().await;
    let args = [
        "logout",
        "--agent",
        "11, 12",
        "--team",
        "1 ,2",
        "--ip",
        "34.211.11.7, 34.211.11.8",
    ];
    let ended = stack.run(&args).await;
    assert_eq!(ended.code, 3, "{ended:?}");
    let listed = stack.listed(&["--team", "1, 2", "--status", "In-call, In-chat"]);
    assert_eq!(listed.await, [16, 17]);
}

#[tokio::test(flavor = "multi_thread")]
async fn with_json_the_answer_is_printed_if_nobody_is_online() {
    let stack = Stack::start().await;
    let answer = stack.results(&["logout", "--agent", "14", "--json"]).await;
    let answer: Value = serde_json::from_str(&answer).unwrap();
    assert_eq!(answer["message"], "cannot find any agent by input params");
}

#[tokio::test(flavor = "multi_thread")]
async fn selectors_are_a_union() {
    let stack = Stack::start().await;
    let args = [
        "logout",
        "--agent",
        "22",
        "--team",
        "1",
        "--ip",
        "34.211.11.7,34.211.11.8",
        "--json",
    ];
    let rows: Value = serde_json::from_str(&stack.results(&args).await).unwrap();
    let ids: Vec<u64> = rows
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["agent_id"].as_u64().unwrap())
        .collect();
    assert_eq!(ids, [11, 12, 13, 15, 22]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_is_followed_to_its_end() {
    let stack = Stack::with(&["--sync-limit", "1"]).await;
    let idle = stack.run(&["logout", "--ip", "198.51.100.0/24"]).await;
    assert_eq!(idle.code, 0, "{idle:?}");
    assert!(idle.stdout.contains("status      completed\n"), "{idle:?}");
    assert!(
        idle.stdout
            .contains("total       2\nlogged out  2\ndeferred    0\nskipped     0\n"),
        "{idle:?}"
    );
    assert!(idle.stderr.contains("this is job 1;"), "{idle:?}");

    let busy = stack.run(&["logout", "--team", "2,3", "--json"]).await;
    assert_eq!(busy.code, 3, "{busy:?}");
    let job: Value = serde_json::from_str(&busy.stdout).unwrap();
    assert_eq!((&job["id"], &job["total"]), (&2.into(), &7.into()));
    assert_eq!(
        (&job["logged_out"], &job["deferred"], &job["skipped"]),
        (&3.into(), &3.into(), &1.into())
    );

    let again = stack.run(&["job", "2"]).await;
    assert_eq!(again.code, 3, "{again:?}");
    assert!(again.stdout.contains("deferred    3\n"), "{again:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn with_no_wait_a_job_is_not_followed() {
    let stack = Stack::with(&["--sync-limit", "1"]).await;
    let accepted = stack.run(&["logout", "--team", "1", "--no-wait"]).await;
    assert_eq!(
        (accepted.code, accepted.stdout.as_str()),
        (0, "job 1\n"),
        "{accepted:?}"
    );
    let now: Value =
        serde_json::from_str(&stack.results(&["job", "1", "--no-wait", "--json"]).await).unwrap();
    assert_eq!(now["id"], 1);
    let followed = stack.results(&["job", "1"]).await;
    assert!(followed.contains("status      completed\n"), "{followed}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_job_is_reported() {
    let stack = Stack::start().await;
    let ended = stack.run(&["job", "7"]).await;
    assert_eq!(ended.code, 1);
    assert!(ended.stderr.contains("acme has no job 7"), "{ended:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn too_many_selectors_are_refused_by_the_service() {
    let stack = Stack::start().await;
    let ids: Vec<String> = (1..=10_001).map(|id: u32| id.to_string()).collect();
    let ended = stack.run(&["logout", "--agent", &ids.join(",")]).await;
    assert_eq!(ended.code, 1);
    assert_eq!(
        ended.stderr,
        "agent-logout: agent_ids: 10001 entries; at most 10000 are allowed\n"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_can_come_from_standard_input() {
    let stack = Stack::start().await;
    let mut logout = stack.program(&["logout", "--agent", "11", "--token-stdin"]);
    logout.env_remove("AGENT_LOGOUT_TOKEN");
    let ended = ended_with_input(logout, "acme.local\n").await;
    assert_eq!(
        (ended.code, ended.stderr.as_str()),
        (0, "1 agent logged out\n")
    );
}
