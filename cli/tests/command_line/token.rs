//! `token`.

use std::process::Stdio;

use serde_json::Value;

use crate::stack::{Stack, ended};

/// The password in the output of `token create`.
fn password(printed: &str) -> String {
    let line = printed.lines().find(|line| line.starts_with("password"));
    line.unwrap().split_whitespace().nth(1).unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_token_is_valid_until_it_is_revoked() {
    let stack = Stack::start().await;
    let printed = stack.results(&["token", "create"]).await;
    assert_eq!(printed.lines().next(), Some("user      acme"));
    let password = password(&printed);
    let (id, secret) = password.split_once('.').unwrap();
    assert!(id.starts_with("acme-") && secret.len() == 64, "{password}");

    let mut logout = stack.program(&["logout", "--agent", "11"]);
    logout.env("AGENT_LOGOUT_TOKEN", &password);
    assert_eq!(ended(logout).await.code, 0);

    let revoked = stack.run(&["token", "revoke", id]).await;
    assert_eq!(revoked.code, 0, "{revoked:?}");
    assert!(revoked.stderr.contains("60 seconds"), "{revoked:?}");
    let listed: Value =
        serde_json::from_str(&stack.results(&["token", "list", "--json"]).await).unwrap();
    let token = listed
        .as_array()
        .unwrap()
        .iter()
        .find(|token| token["id"] == id);
    assert!(token.unwrap()["revoked_at"].is_string(), "{listed}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_token_that_was_never_verified_is_refused() {
    let stack = Stack::start().await;
    let password = password(&stack.results(&["token", "create", "--id", "old"]).await);
    stack.results(&["token", "revoke", "old"]).await;
    let mut logout = stack.program(&["logout", "--agent", "11"]);
    logout.env("AGENT_LOGOUT_TOKEN", &password);
    let refused = ended(logout).await;
    assert_eq!(refused.code, 1);
    assert!(
        refused.stderr.contains("refuses the tenant and token (401"),
        "{refused:?}"
    );
    assert_eq!(stack.agent("11").await["status"], "lunch");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_is_never_replaced() {
    let stack = Stack::start().await;
    let first = password(&stack.results(&["token", "create", "--id", "acme-1"]).await);
    let again = stack.run(&["token", "create", "--id", "acme-1"]).await;
    assert_eq!((again.code, again.stdout.as_str()), (1, ""));
    assert!(
        again.stderr.contains("there is a token acme-1 already"),
        "{again:?}"
    );
    let mut logout = stack.program(&["logout", "--agent", "11"]);
    logout.env("AGENT_LOGOUT_TOKEN", first);
    assert_eq!(ended(logout).await.code, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_shows_no_secret_and_no_digest() {
    let stack = Stack::start().await;
    let printed = stack.results(&["token", "create", "--id", "acme-1"]).await;
    let password = password(&printed);
    let (_, secret) = password.split_once('.').unwrap();
    let item = stack.dynamodb().get_item().table_name("api-tokens");
    let id = aws_sdk_dynamodb::types::AttributeValue::S("acme-1".to_owned());
    let item = item.key("token_id", id).send().await.unwrap().item.unwrap();
    let digest = item["secret_sha256"].as_b().unwrap();
    let digest: Vec<String> = digest
        .as_ref()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let digest = digest.concat();
    assert!(!format!("{item:?}").contains(secret));

    let table = stack.results(&["token", "list"]).await;
    let json = stack.results(&["token", "list", "--json"]).await;
    for listed in [&table, &json] {
        assert!(
            listed.contains("acme-1") && listed.contains("globex"),
            "{listed}"
        );
        assert!(
            !listed.contains(secret) && !listed.contains(&digest),
            "{listed}"
        );
    }
    assert!(table.starts_with("ID      TENANT  CREATED"), "{table}");
    let json: Value = serde_json::from_str(&json).unwrap();
    let keys: Vec<&String> = json[0].as_object().unwrap().keys().collect();
    assert_eq!(keys, ["created_at", "id", "revoked_at", "tenant"]);
    let globex = stack
        .results(&["token", "list", "--tenant", "globex"])
        .await;
    assert!(!globex.contains("acme"), "{globex}");
}

#[cfg(target_os = "linux")] // for /dev/full
#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_cannot_be_printed_is_revoked() {
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full");
    is_revoked_if_printed_to(full.unwrap().into(), "No space left on device").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_nobody_reads_is_revoked() {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    is_revoked_if_printed_to(writer.into(), "Broken pipe").await;
}

async fn is_revoked_if_printed_to(place: Stdio, reason: &str) {
    let stack = Stack::start().await;
    let mut create = stack.program(&["token", "create", "--id", "lost"]);
    create.stdout(place);
    let ended = ended(create).await;
    assert_eq!(ended.code, 1, "{ended:?}");
    assert!(ended.stderr.contains(reason), "{ended:?}");
    assert!(
        ended.stderr.contains("the token lost is revoked"),
        "{ended:?}"
    );
    let listed = stack.results(&["token", "list"]).await;
    let line = listed
        .lines()
        .find(|line| line.starts_with("lost "))
        .unwrap();
    assert_eq!(line.split_whitespace().count(), 4, "{line}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_token_cannot_be_revoked() {
    let stack = Stack::start().await;
    let ended = stack.run(&["token", "revoke", "nobody"]).await;
    assert_eq!(ended.code, 1);
    assert!(
        ended.stderr.contains("there is no token nobody"),
        "{ended:?}"
    );
}
