//! Every count of the ledger up to jobs of 1,000 agents, exactly. `cargo run --release -p bench -- ledger` writes it anew; a commit
//! that changes it says why.

use ledger::{compare_with_recorded, goals, recorded};

#[tokio::test]
async fn answers_at_once_and_events() {
    compare_with_recorded(1..=100).await.unwrap();
}

#[tokio::test]
async fn jobs_of_a_thousand() {
    compare_with_recorded(101..=1_000).await.unwrap();
}

#[test]
fn every_goal_is_met() {
    for goal in goals::of_ledger(&recorded().unwrap()) {
        assert!(goal.is_met(), "{goal:?}");
    }
}

#[test]
fn no_goal_is_met_where_nothing_was_counted() {
    assert!(goals::of_ledger(&[]).iter().all(|goal| !goal.is_met()));
}
