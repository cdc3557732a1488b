//! Crash points: a scenario runs once for every AWS call that it makes, and that call fails. However it fails, the scenario must
//! end as it does without faults. A call that is added to the service is covered without a new test.
//!
//! There is a scenario of a [`job`], and one of [`presence`] events and records of the stream. Each is an
//! `AsyncFn(Vec<FaultAt>, String) -> Run`: it runs under these faults, checks how it ended, begins each message of a failure
//! with that text, and returns what it took.

pub mod job;
pub mod presence;

use crate::faults::{FAULTS, Fault, FaultAt, SDK_TRIES};

/// Fewer calls mean that the scenario did not run.
const MIN_CALLS: u64 = 10;

/// What a scenario took.
#[derive(Clone, Copy, Debug)]
pub struct Run {
    /// How many AWS calls were made.
    pub calls: u64,
    /// How many messages and batches of records were reported failed, and delivered again.
    pub failed_deliveries: usize,
}

/// Runs a scenario for each of its calls with a fault of that call and its next `tries`. Unless the function dies of it, every
/// message and record is handled in its first delivery.
pub async fn fault_at_every_call(
    fault: Fault,
    tries: usize,
    scenario: impl AsyncFn(Vec<FaultAt>, String) -> Run,
) {
    for call in 0..calls_without_faults(&scenario).await {
        let at = FaultAt { call, fault, tries };
        let run = scenario(vec![at], format!("{at:?}")).await;
        let is_first = fault == Fault::DiesAfter || run.failed_deliveries == 0;
        assert!(is_first, "{at:?}: {run:?}");
    }
}

/// Runs a scenario many times with two or three random faults. A failure prints the seed; with it as `seed`, the same faults
/// are drawn again.
pub async fn random_faults(
    runs: usize,
    seed: Option<u64>,
    scenario: impl AsyncFn(Vec<FaultAt>, String) -> Run,
) {
    let seed = seed.unwrap_or_else(|| fastrand::u64(..));
    println!("seed {seed}");
    let mut random = fastrand::Rng::with_seed(seed);
    let calls = calls_without_faults(&scenario).await;
    for _ in 0..runs {
        let count = random.usize(2..=3);
        let faults: Vec<FaultAt> = (0..count)
            .map(|_| FaultAt {
                // The retries after the first fault are calls too.
                call: random.u64(0..calls + 10),
                fault: FAULTS[random.usize(..FAULTS.len())],
                tries: if random.bool() { SDK_TRIES } else { 1 },
            })
            .collect();
        let context = format!("seed {seed}: {faults:?}");
        scenario(faults, context).await;
    }
}

async fn calls_without_faults(scenario: &impl AsyncFn(Vec<FaultAt>, String) -> Run) -> u64 {
    let run = scenario(Vec::new(), "without faults".to_owned()).await;
    assert!(run.calls > MIN_CALLS, "{run:?}");
    assert_eq!(run.failed_deliveries, 0);
    run.calls
}
