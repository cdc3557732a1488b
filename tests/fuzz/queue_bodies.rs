//! Bodies of messages in the queues of jobs and of presence events, one a line: what is taken means what JSON says it is, and
//! events end alike in any order and however often they come.

#![no_main]

use libfuzzer_sys::fuzz_target;
use logout::agent::AgentStatus;
use logout::message::Message;
use logout::presence::{self, Presence};
use logout::presence_event::{EventKind, MAX_AHEAD, PresenceEvent};
use logout::timestamp::Timestamp;
use serde_json::{Value, json};

/// 2026-11-22T08:00:00Z, a moment before the recorded event.
const NOW: Timestamp = Timestamp::from_epoch_ms(1_795_334_400_000);
/// More of them add time and no cases.
const MAX_EVENTS: usize = 4;

fuzz_target!(|bodies: &str| {
    let mut events = Vec::new();
    for body in bodies.lines() {
        if let Ok(message) = Message::parse(body) {
            check_message(&message, body);
        }
        if let Ok(event) = PresenceEvent::parse(body, NOW) {
            check_event(&event, body);
            if !events
                .iter()
                .any(|known| begins_the_same_session(known, &event))
            {
                events.push(event);
            }
        }
    }
    events.truncate(MAX_EVENTS);
    let forward = after(events.iter());
    assert_eq!(after(events.iter().rev()), forward);
    assert_eq!(after(events.iter().chain(&events)), forward);
    let (_, session) = forward;
    assert!(session <= Some(NOW));
});

/// A sign-in is known by its time: a second one is taken for the first that came again.
fn begins_the_same_session(one: &PresenceEvent, other: &PresenceEvent) -> bool {
    let is_sign_in = |event: &PresenceEvent| matches!(event.kind, EventKind::SignedIn { .. });
    is_sign_in(one) && is_sign_in(other) && one.at == other.at
}

fn check_message(message: &Message, body: &str) {
    assert_eq!(Message::parse(&message.to_body()).as_ref(), Ok(message));
    let said: Value = serde_json::from_str(body).expect("it was read");
    let job = message.job();
    assert_eq!(said["tenant"], job.tenant.as_str());
    assert_eq!(said["job_id"], job.job_id.get());
    assert_eq!(said["accepted_at_ms"], job.accepted_at.epoch_ms());
    match message {
        Message::Plan(_) => assert_eq!(said["kind"], "plan"),
        Message::Chunk(chunk) => {
            assert_eq!(
                (&said["kind"], &said["chunk"]),
                (&json!("chunk"), &json!(chunk.number))
            );
            assert_eq!(said["agent_ids"], json!(chunk.agent_ids));
        }
    }
}

fn check_event(event: &PresenceEvent, body: &str) {
    let said: Value = serde_json::from_str(body).expect("it was read");
    assert_eq!(said["tenant"], event.tenant.as_str());
    assert_eq!(said["agent_id"], event.agent_id.get());
    assert!(event.at <= NOW.plus(MAX_AHEAD));
    match &event.kind {
        EventKind::SignedIn { status, .. } => {
            assert_eq!(
                (&said["event"], &said["status"]),
                (&json!("signed_in"), &json!(status.as_str()))
            );
            assert!(!status.is_offline());
        }
        EventKind::StatusChanged(status) => {
            assert_eq!(
                (&said["event"], &said["status"]),
                (&json!("status_changed"), &json!(status.as_str()))
            );
            assert!(!status.is_offline());
        }
        EventKind::SignedOut => {
            assert!(said["event"] == "signed_out" || said["status"] == AgentStatus::OFFLINE);
        }
    }
}

/// The status and the session of somebody who was never online before these events.
fn after<'a>(events: impl Iterator<Item = &'a PresenceEvent>) -> (AgentStatus, Option<Timestamp>) {
    let mut presence = Presence {
        status: AgentStatus::offline(),
        status_at: None,
        session: None,
        signed_in_at: None,
        early_status: None,
        pending_logout: None,
    };
    for event in events {
        if let Some(transition) = presence::apply(&presence, event, NOW) {
            presence = transition.to;
            assert_eq!(presence::apply(&presence, event, NOW), None, "twice");
        }
    }
    (presence.status, presence.session)
}
