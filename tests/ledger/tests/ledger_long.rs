//! The counts of the ledger for jobs of 10,000 and 100,000 agents, exactly: `cargo test -p ledger --features long`.

use ledger::compare_with_recorded;

#[tokio::test]
async fn jobs_of_ten_thousand() {
    compare_with_recorded(1_001..=10_000).await.unwrap();
}

#[tokio::test]
async fn jobs_of_a_hundred_thousand() {
    compare_with_recorded(10_001..=100_000).await.unwrap();
}
