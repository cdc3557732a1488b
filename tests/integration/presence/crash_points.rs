//! Presence events and records of the stream, of whose AWS calls one fails, for every call: see `tests::crash_points`.

use tests::crash_points::{fault_at_every_call, presence, random_faults};
use tests::faults::Fault;

/// Few, for the time they take; `tests/long` has more.
const RANDOM_RUNS: usize = 10;

#[tokio::test]
async fn any_request_may_be_lost() {
    fault_at_every_call(Fault::RequestLost, false, presence::run).await;
}

#[tokio::test]
async fn any_request_may_be_lost_with_its_retries() {
    fault_at_every_call(Fault::RequestLost, true, presence::run).await;
}

#[tokio::test]
async fn any_reply_may_be_lost() {
    fault_at_every_call(Fault::ReplyLost, false, presence::run).await;
}

#[tokio::test]
async fn any_reply_may_be_lost_with_its_retries() {
    fault_at_every_call(Fault::ReplyLost, true, presence::run).await;
}

#[tokio::test]
async fn any_call_may_be_throttled() {
    fault_at_every_call(Fault::Throttled, false, presence::run).await;
}

#[tokio::test]
async fn any_call_may_be_throttled_with_its_retries() {
    fault_at_every_call(Fault::Throttled, true, presence::run).await;
}

#[tokio::test]
async fn a_function_may_die_after_any_call() {
    fault_at_every_call(Fault::DiesAfter, false, presence::run).await;
}

#[tokio::test]
async fn two_or_three_calls_may_fail() {
    random_faults(RANDOM_RUNS, None, presence::run).await;
}
