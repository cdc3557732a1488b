//! Presence events and records of the stream, of whose AWS calls one fails, for every call: see `tests::crash_points`.

use tests::crash_points::{fault_at_every_call, presence, random_faults};
use tests::faults::{Fault, SDK_TRIES};

/// Few, for the time they take; `tests/long` has more.
const RANDOM_RUNS: usize = 10;

#[tokio::test]
async fn any_request_may_be_lost() {
    fault_at_every_call(Fault::RequestLost, 1, presence::run).await;
}

#[tokio::test]
async fn any_request_may_be_lost_with_its_retries() {
    fault_at_every_call(Fault::RequestLost, SDK_TRIES, presence::run).await;
}

#[tokio::test]
async fn any_reply_may_be_lost() {
    fault_at_every_call(Fault::ReplyLost, 1, presence::run).await;
}

#[tokio::test]
async fn any_reply_may_be_lost_with_its_retries() {
    fault_at_every_call(Fault::ReplyLost, SDK_TRIES, presence::run).await;
}

#[tokio::test]
async fn any_call_may_be_refused_for_a_passing_reason() {
    fault_at_every_call(Fault::Refused, 1, presence::run).await;
}

#[tokio::test]
async fn any_call_may_be_refused_for_as_long_as_the_sdk_tries() {
    fault_at_every_call(Fault::Refused, SDK_TRIES, presence::run).await;
}

#[tokio::test]
async fn any_call_may_be_refused_for_three_times_as_long() {
    fault_at_every_call(Fault::Refused, 3 * SDK_TRIES, presence::run).await;
}

#[tokio::test]
async fn any_call_may_time_out_for_as_long_as_the_sdk_tries() {
    fault_at_every_call(Fault::TimedOut, SDK_TRIES, presence::run).await;
}

#[tokio::test]
async fn a_function_may_die_after_any_call() {
    fault_at_every_call(Fault::DiesAfter, 1, presence::run).await;
}

#[tokio::test]
async fn two_or_three_calls_may_fail() {
    random_faults(RANDOM_RUNS, None, presence::run).await;
}
