//! Presence events of agent 1 of the tenant `acme`, as the contact centre sends them to the queue `presence`.

use serde_json::{Value, json};

/// The agent signs in at a time of the day of the test, with the status `Available`.
#[must_use]
pub fn signed_in(time: &str, address: &str) -> String {
    signed_in_as(time, address, "Available")
}

/// The agent signs in with another status.
#[must_use]
pub fn signed_in_as(time: &str, address: &str, status: &str) -> String {
    let event = json!({ "event": "signed_in", "ip": address, "status": status });
    body(time, &event)
}

/// The agent's status changes.
#[must_use]
pub fn status_changed(time: &str, status: &str) -> String {
    body(
        time,
        &json!({ "event": "status_changed", "status": status }),
    )
}

/// The agent signs out.
#[must_use]
pub fn signed_out(time: &str) -> String {
    body(time, &json!({ "event": "signed_out" }))
}

/// The same event of another agent.
#[must_use]
pub fn of_agent(agent_id: u64, body: &str) -> String {
    body.replace("\"agent_id\":1", &format!("\"agent_id\":{agent_id}"))
}

fn body(time: &str, event: &Value) -> String {
    let mut body = json!({
        "v": 1,
        "tenant": "acme",
        "agent_id": 1,
        "at": format!("2026-11-22T{time}Z"),
    });
    let keys = event.as_object().unwrap().clone();
    body.as_object_mut().unwrap().extend(keys);
    body.to_string()
}
