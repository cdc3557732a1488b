//! Crash points: a scenario runs once for every AWS call that it makes, and that call fails. However it fails, the scenario must
//! end as it does without faults. A call that is added to the service is covered without a new test.
//!
//! There is a scenario of a [`job`], and one of [`presence`] events and records of the stream. Each is an
//! `AsyncFn(Vec<FaultAt>, String) -> u64`: it runs under these faults, checks how it ended, begins each message of a failure
//! with that text, and returns how many calls it made.

pub mod job;
pub mod presence;

use crate::faults::{FAULTS, Fault, FaultAt};

/// Fewer calls mean that the scenario did not run.
const MIN_CALLS: u64 = 10;

/// Runs a scenario for each of its calls with a fault of that call.
pub async fn fault_at_every_call(
    fault: Fault,
    outlasts_retries: bool,
    scenario: impl AsyncFn(Vec<FaultAt>, String) -> u64,
) {
    for call in 0..calls_without_faults(&scenario).await {
        let fault = FaultAt {
            call,
            fault,
            outlasts_retries,
        };
        scenario(vec![fault], format!("{fault:?}")).await;
    }
}

/// Runs a scenario many times with two or three random faults. A failure prints the seed; with it as `seed`, the same faults
/// are drawn again.
pub async fn random_faults(
    runs: usize,
    seed: Option<u64>,
    scenario: impl AsyncFn(Vec<FaultAt>, String) -> u64,
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
                outlasts_retries: random.bool(),
            })
            .collect();
        let context = format!("seed {seed}: {faults:?}");
        scenario(faults, context).await;
    }
}

async fn calls_without_faults(scenario: &impl AsyncFn(Vec<FaultAt>, String) -> u64) -> u64 {
    let calls = scenario(Vec::new(), "without faults".to_owned()).await;
    assert!(calls > MIN_CALLS, "{calls} calls");
    calls
}
