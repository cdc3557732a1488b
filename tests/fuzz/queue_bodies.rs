//! Bodies of messages in the queues of jobs and of presence events, one a line: what is taken means what JSON says it is, and
//! events that do not contradict each other end alike in any order and however often they come.

#![no_main]

use std::net::IpAddr;

use libfuzzer_sys::fuzz_target;
use logout::agent::AgentStatus;
use logout::message::Message;
use logout::presence::{self, Presence};
use logout::presence_event::{EventKind, MAX_AHEAD, PresenceEvent};
use logout::timestamp::Timestamp;
use serde_json::{Value, json};

/// 2026-11-22T08:00:00Z, a moment before the recorded event.
const NOW: Timestamp = Timestamp::from_epoch_ms(1_795_334_400_000);
/// Each order of more would take too long.
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
    let in_turn = after(&events);
    assert!(in_turn.1 <= Some(NOW));
    if !contradict(&events) {
        for order in orders(events) {
            assert_eq!(after(&order), in_turn, "{order:?}");
        }
    }
});

/// True if a status is told of somebody who had signed out and not in again. Then it counts if it comes before the sign-out.
fn contradict(events: &[PresenceEvent]) -> bool {
    let is_of_nobody = |at| {
        let earlier = events.iter().filter(|event| event.at <= at);
        let outs = earlier.filter(|event| event.kind == EventKind::SignedOut);
        let signed_in_since = |out| {
            events
                .iter()
                .any(|it| is_sign_in(it) && out < it.at && it.at <= at)
        };
        outs.map(|event| event.at)
            .max()
            .is_some_and(|out| !signed_in_since(out))
    };
    let is_status = |event: &&PresenceEvent| matches!(event.kind, EventKind::StatusChanged(_));
    events
        .iter()
        .filter(is_status)
        .any(|event| is_of_nobody(event.at))
}

fn is_sign_in(event: &PresenceEvent) -> bool {
    matches!(event.kind, EventKind::SignedIn { .. })
}

fn orders(events: Vec<PresenceEvent>) -> Vec<Vec<PresenceEvent>> {
    if events.len() < 2 {
        return vec![events];
    }
    let first = |place: usize| {
        let mut rest = events.clone();
        let first = rest.remove(place);
        let then = orders(rest).into_iter();
        then.map(move |rest| [vec![first.clone()], rest].concat())
    };
    (0..events.len()).flat_map(first).collect()
}

/// A sign-in is known by its time: a second one is taken for the first that came again.
fn begins_the_same_session(one: &PresenceEvent, other: &PresenceEvent) -> bool {
    is_sign_in(one) && is_sign_in(other) && one.at == other.at
}

fn check_message(message: &Message, body: &str) {
    assert_eq!(Message::parse(&message.to_body()).as_ref(), Ok(message));
    // What the service has no use for, it does not look at closely.
    let Ok(said) = serde_json::from_str::<Value>(body) else {
        return;
    };
    let job = message.job();
    assert_eq!(said["tenant"], job.tenant.as_str());
    assert_eq!(said["job_id"], job.job_id.get());
    assert_eq!(said["accepted_at_ms"], job.accepted_at.epoch_ms());
    assert_eq!(said["expires_at_ms"], job.expires_at.epoch_ms());
    // Serde takes a variant's place for its name; nobody but the service writes these.
    match message {
        Message::Plan(accepted) => {
            assert!(said["kind"] == "plan" || said["kind"] == 0);
            let selectors = &accepted.selectors;
            let array = |key: &str| said["selectors"].get(key).cloned().unwrap_or(json!([]));
            assert_eq!(array("agent_ids"), json!(selectors.agent_ids));
            assert_eq!(array("team_ids"), json!(selectors.team_ids));
            assert_eq!(array("ip_addrs"), json!(selectors.ip_addrs));
        }
        Message::Chunk(chunk) => {
            assert!(said["kind"] == "chunk" || said["kind"] == 1);
            assert_eq!(said["plan_id"], chunk.plan_id);
            assert_eq!(said["chunk"], chunk.number);
            assert_eq!(said["agent_ids"], json!(chunk.agent_ids));
        }
    }
}

fn check_event(event: &PresenceEvent, body: &str) {
    assert!(event.at <= NOW.plus(MAX_AHEAD));
    let Ok(said) = serde_json::from_str::<Value>(body) else {
        return;
    };
    assert_eq!(said["tenant"], event.tenant.as_str());
    assert_eq!(said["agent_id"], event.agent_id.get());
    let status = &said["status"];
    let (kind, is_said) = match &event.kind {
        EventKind::SignedIn {
            address,
            status: first,
        } => {
            let from = said["ip"].as_str().and_then(|ip| ip.parse::<IpAddr>().ok());
            assert_eq!(from.map(|ip| ip.to_canonical()), Some(*address));
            ("signed_in", status == first.as_str() && !first.is_offline())
        }
        EventKind::StatusChanged(new) => (
            "status_changed",
            status == new.as_str() && !new.is_offline(),
        ),
        EventKind::SignedOut if said["event"] == "status_changed" => {
            ("status_changed", status == AgentStatus::OFFLINE)
        }
        EventKind::SignedOut => ("signed_out", true),
    };
    assert!(said["event"] == kind && is_said, "{event:?}");
}

/// The status and the session of somebody who was never online before these events.
fn after(events: &[PresenceEvent]) -> (AgentStatus, Option<Timestamp>) {
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
