//! Two or three AWS calls of a scenario fail, at random: see `tests::crash_points`.

use tests::crash_points::{job, presence, random_faults};

const RUNS: usize = 300;
/// If set, the faults of a failure, which prints its seed, are drawn again.
const SEED: Option<u64> = None;

#[tokio::test]
async fn two_or_three_calls_of_a_job_may_fail() {
    random_faults(RUNS, SEED, job::run).await;
}

#[tokio::test]
async fn two_or_three_calls_of_presence_events_and_records_may_fail() {
    random_faults(RUNS, SEED, presence::run).await;
}
