//! Every count of the ledger, exactly. `cargo run --release -p bench -- ledger` writes it anew; a commit that changes it says
//! why.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::sync::Arc;

use aws_sdk_dynamodb::Client;
use bench::drain::floor::Floor;
use bench::ledger::{Case, Cost, Entry, Selector, all_goals, recorded};
use bench::roster::{Roster, TENANT};
use tests::TestStack;

/// Counts the cases with so many agents, and compares them with what is recorded.
async fn assert_recorded(is_meant: impl Fn(u32) -> bool) {
    let entries: Vec<Entry> = recorded().unwrap();
    let cases: Vec<Case> = entries.iter().map(|entry| entry.case).collect();
    assert_eq!(cases, Case::all(), "the ledger has other cases");
    for entry in entries {
        if is_meant(entry.case.agents()) {
            assert_eq!(entry.case.count().await.unwrap(), entry, "{}", entry.case);
        }
    }
}

#[tokio::test]
async fn immediate_answers() {
    assert_recorded(|agents| agents <= 100).await;
}

#[tokio::test]
async fn jobs_of_a_thousand_and_ten_thousand() {
    assert_recorded(|agents| (101..=10_000).contains(&agents)).await;
}

#[tokio::test]
async fn jobs_of_a_hundred_thousand() {
    assert_recorded(|agents| agents > 10_000).await;
}

#[test]
fn every_goal_is_met() {
    for goal in all_goals(&recorded().unwrap()) {
        assert!(goal.is_met(), "{goal:?}");
    }
    // And is not, where nothing was counted.
    assert!(all_goals(&[]).iter().all(|goal| !goal.is_met()));
}

/// So that the floor stays what it says it is.
#[tokio::test]
async fn the_floor_makes_the_calls_of_the_service() {
    let agents = 1_000;
    let stack = TestStack::start().await;
    let busy_one_in = None;
    let roster = Roster {
        count: agents,
        busy_one_in,
    };
    stack.add_crowd(TENANT, roster.agents());
    let dynamodb = local::dynamodb::client_config(stack.dynamodb_address);
    let sqs = local::sqs::client_config(stack.sqs_address);
    let floor = Floor {
        dynamodb: Client::from_conf(dynamodb.http_client(stack.tap.clone()).build()),
        sqs: aws_sdk_sqs::Client::from_conf(sqs.http_client(stack.tap.clone()).build()),
        queue_url: stack.jobs.url.clone(),
        agents,
    };
    let _ = stack.tap.take_meter();
    Arc::new(floor).drain().await.unwrap();
    let mut made = Cost::of(&stack.tap.take_meter());
    for of_lambda in ["ReceiveMessage", "DeleteMessageBatch"] {
        made.calls.remove(of_lambda);
    }
    // It asks for the token, which the ledger's callers have shown before.
    made.calls.remove("GetItem");
    let (by, busy) = (Selector::Address, 0);
    let case = Case::LogOut { by, agents, busy };
    let entries = recorded().unwrap();
    let ours = entries.iter().find(|entry| entry.case == case).unwrap();
    assert_eq!(made.calls, ours.whole().calls);
    assert!((made.table_writes - ours.whole().table_writes).abs() < 2.0);
    assert!((made.reads - ours.whole().reads).abs() < 2.0);
}
