//! Presence events and records of the stream under faults: every AWS call that they take is lost, answered in vain,
//! throttled, or the last thing its function does. Whatever happens, it ends as it does undisturbed.

use aws_lambda_events::dynamodb::EventRecord;
use domain::timestamp::Timestamp;
use serde_json::json;
use tests::faults::{Fault, FaultAt, every_call_meets, faults_come_together, script};
use tests::{TestStack, agent};

use crate::presence::{changed, signed_in, signed_out};

/// Agent 1 is logged out at the end of a call and signs in again, of which everything is told in the wrong order. Agent 2's
/// chat is ended by somebody who writes the table. Nobody wants agent 3 out, of whom everything is told in order. Answers
/// how many calls it took.
async fn run(faults: Vec<FaultAt>, why: String) -> u64 {
    let stack = TestStack::start().await;
    let agents = [
        agent(1, "In-call", &[]),
        agent(2, "In-chat", &[]),
        agent(3, "Available", &[]),
    ];
    stack.add("acme", &agents).await;
    let body = json!({ "agent_ids": [1, 2] });
    stack.post_force_logout("acme", &body).await;
    let asked = stack.states("acme").await;

    let base = stack.aws_calls.calls();
    stack.aws_calls.script(script(base, faults));
    let of_agent_3 = |event: String| event.replace("\"agent_id\":1", "\"agent_id\":3");
    for event in [
        changed("07:20:00", "In-chat"),
        changed("07:10:00", "Break"),
        changed("07:30:00", "Break"),
        changed("07:31:00", "lunch"),
        changed("07:52:00", "In-call"),
        signed_out("07:40:00"),
        signed_in("07:51:00", "10.0.0.7"),
        of_agent_3(changed("07:20:00", "In-chat")),
        of_agent_3(signed_out("07:30:00")),
        of_agent_3(signed_in("07:40:00", "10.0.0.7")),
    ] {
        stack.presence.send(&event).await;
        stack.drain_presence().await;
    }
    stack.set_status("acme", 2, "Break").await;
    work_off_stream(&stack).await;
    let calls = stack.aws_calls.calls() - base;

    let states = stack.states("acme").await;
    let at = |time: &str| {
        let time = Timestamp::parse_rfc3339(&format!("2026-11-22T{time}Z"));
        json!(time.unwrap().epoch_ms().to_string())
    };
    for (agent_id, status, session) in [
        (1, "In-call", "07:51:00"),
        (2, "Offline", "07:00:00"),
        (3, "Available", "07:40:00"),
    ] {
        let state = &states[&agent_id];
        assert_eq!(state["status"], status, "{why}: {state}");
        assert_eq!(state["online_since"], at(session), "{why}: {state}");
        assert_eq!(state["last"], asked[&agent_id]["pending"], "{why}: {state}");
        assert!(state["pending"].is_null(), "{why}: {state}");
    }
    let dead_letters = stack.presence.receive_dead_letters().await;
    assert!(dead_letters.is_empty(), "{why}");
    calls
}

/// Delivers the records, again from the one that failed on.
async fn work_off_stream(stack: &TestStack) {
    let mut stream = stack.stream();
    while let Some(records) = stream.read().unwrap() {
        let mut open = &records[..];
        for _ in 0..20 {
            match stack.invoke.pending_logouts(open.to_vec()).await {
                None => break,
                Some(failed) => {
                    let failed = Some(failed);
                    let is_it = |record: &EventRecord| record.change.sequence_number == failed;
                    let position = open.iter().position(is_it).unwrap();
                    open = &open[position..];
                }
            }
        }
    }
}

#[tokio::test]
async fn any_request_or_reply_may_be_lost() {
    for fault in [Fault::RequestLost, Fault::ReplyLost] {
        every_call_meets(fault, false, run).await;
        every_call_meets(fault, true, run).await;
    }
}

#[tokio::test]
async fn any_call_may_be_throttled() {
    every_call_meets(Fault::Throttled, false, run).await;
    every_call_meets(Fault::Throttled, true, run).await;
}

#[tokio::test]
async fn a_function_may_die_after_any_call() {
    every_call_meets(Fault::DiesAfter, false, run).await;
}

#[tokio::test]
async fn faults_may_come_together() {
    faults_come_together(None, run).await;
}
