//! Presence events and records of the stream under faults: agents end as they do without faults.

use std::collections::HashMap;
use std::time::Duration;

use domain::timestamp::Timestamp;
use serde_json::{Value, json};

use super::Run;
use crate::faults::{FaultAt, script};
use crate::presence_messages::{of_agent, signed_in, signed_out, status_changed};
use crate::{TestStack, agent};

/// Runs the scenario under faults, and checks how it ended.
///
/// - Agent 1 is logged out at the end of a call and signs in again; the events arrive in the wrong order.
/// - Agent 2 is logged out at the end of a chat, which a plain write reports.
/// - Agent 3 is not selected; the events arrive in the right order.
pub async fn run(faults: Vec<FaultAt>, context: String) -> Run {
    let stack = TestStack::start().await;
    let agents = [
        agent(1, "In-call", &[]),
        agent(2, "In-chat", &[]),
        agent(3, "Available", &[]),
    ];
    stack.add("acme", &agents).await;
    let body = json!({ "agent_ids": [1, 2] });
    stack.post_force_logout("acme", &body).await;
    let deferred = stack.states("acme").await;
    stack.pass(Duration::from_hours(1));

    let base = stack.aws_calls.calls();
    stack.aws_calls.script(script(base, faults));
    for event in events() {
        stack.presence.send(&event).await;
        stack.drain_presence().await;
    }
    stack.set_status("acme", 2, "Break").await;
    stack.drain_stream().await;
    let run = Run {
        calls: stack.aws_calls.calls() - base,
        failed_deliveries: stack.invoke.failed_deliveries(),
    };

    let states = stack.states("acme").await;
    assert_states(&states, &deferred, &context);
    let dead_letters = stack.presence.receive_dead_letters().await;
    assert!(dead_letters.is_empty(), "{context}");
    run
}

fn events() -> [String; 10] {
    [
        status_changed("08:20:00", "In-chat"),
        status_changed("08:10:00", "Break"),
        status_changed("08:30:00", "Break"),
        status_changed("08:31:00", "lunch"),
        status_changed("08:52:00", "In-call"),
        signed_out("08:40:00"),
        signed_in("08:51:00", "10.0.0.7"),
        of_agent(3, &status_changed("08:20:00", "In-chat")),
        of_agent(3, &signed_out("08:30:00")),
        of_agent(3, &signed_in("08:40:00", "10.0.0.7")),
    ]
}

fn assert_states(states: &HashMap<u64, Value>, deferred: &HashMap<u64, Value>, context: &str) {
    let at = |time: &str| {
        let time = Timestamp::parse_rfc3339(&format!("2026-11-22T{time}Z"));
        json!(time.unwrap().epoch_ms().to_string())
    };
    for (agent_id, status, session) in [
        (1, "In-call", "08:51:00"),
        (2, "Offline", "07:00:00"),
        (3, "Available", "08:40:00"),
    ] {
        let state = &states[&agent_id];
        assert_eq!(state["status"], status, "{context}: {state}");
        assert_eq!(state["online_since"], at(session), "{context}: {state}");
        let request = &deferred[&agent_id]["pending"];
        assert_eq!(state["last"], *request, "{context}: {state}");
        assert!(state["pending"].is_null(), "{context}: {state}");
    }
}
