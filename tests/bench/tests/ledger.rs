//! Every count of the ledger, exactly. `cargo run --release -p bench -- ledger` writes it anew; a commit that changes it says
//! why.

use bench::ledger::{Case, Entry, recorded};

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
