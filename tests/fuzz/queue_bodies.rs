//! Bodies of messages in the queues `plans`, `jobs` and `presence`, one a line: a message is read as the JSON that it is, and events
//! that do not contradict each other lead to the same presence in any order, however often they are delivered.

#![no_main]

use std::net::IpAddr;

use domain::agents::{AgentStatus, Statuses};
use domain::ids::{AgentId, TeamId};
use domain::limits::MAX_CLOCK_AHEAD;
use domain::presence::{self, EventKind, Presence, PresenceEvent};
use domain::selection::{AddressRange, Selection};
use domain::text::comparison_key;
use domain::timestamp::Timestamp;
use libfuzzer_sys::fuzz_target;
use serde_json::{Value, json};
use wire::messages::{JobMessage, presence_message};

/// 2026-11-22T08:00:00Z, a moment before the recorded event.
const NOW: Timestamp = Timestamp::from_epoch_ms(1_795_334_400_000);
/// With more events, trying every order takes too long.
const MAX_EVENTS: usize = 4;

fuzz_target!(|bodies: &str| {
    let mut events = Vec::new();
    for body in bodies.lines() {
        if let Ok(message) = JobMessage::parse(body) {
            check_message(&message, body);
        }
        if let Ok(event) = presence_message::parse(body, &Statuses::default(), NOW) {
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
    let in_given_order = after(&events);
    assert!(in_given_order.1 <= Some(NOW));
    if !contradict(&events) {
        for order in orders(events) {
            assert_eq!(after(&order), in_given_order, "{order:?}");
        }
    }
});

/// True if a status is reported of an agent who had signed out and not in again. Then it counts if it arrives before the
/// sign-out.
fn contradict(events: &[PresenceEvent]) -> bool {
    let is_after_sign_out = |at| {
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
        .any(|event| is_after_sign_out(event.at))
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

/// A sign-in is identified by its time: a second one of that time counts as a repetition.
fn begins_the_same_session(one: &PresenceEvent, other: &PresenceEvent) -> bool {
    is_sign_in(one) && is_sign_in(other) && one.at == other.at
}

fn check_message(message: &JobMessage, body: &str) {
    assert_eq!(JobMessage::parse(&message.to_body()).as_ref(), Ok(message));
    // The service skips the keys that it does not use; some of them are not valid JSON for a stricter reader.
    let Ok(said) = serde_json::from_str::<Value>(body) else {
        return;
    };
    let job = message.job();
    assert_eq!(said["tenant"], job.tenant.as_str());
    assert_eq!(said["job_id"], job.job_id.get());
    assert_eq!(said["accepted_at_ms"], job.accepted_at.epoch_ms());
    assert_eq!(said["expires_at_ms"], job.expires_at.epoch_ms());
    // Serde also reads a variant's number in place of its name; only the service writes these messages.
    match message {
        JobMessage::Plan(accepted) => {
            assert!(said["kind"] == "plan" || said["kind"] == 0);
            assert_eq!(selection(&said["selection"]), accepted.selection);
        }
        JobMessage::Chunk(chunk) => {
            assert!(said["kind"] == "chunk" || said["kind"] == 1);
            assert_eq!(said["plan_id"], chunk.plan_id);
            assert_eq!(said["chunk"], chunk.number);
            assert_eq!(said["agent_ids"], json!(chunk.agent_ids));
        }
    }
}

/// The selection of a plan, read in another way than the service does. Serde reads a struct from an array too.
fn selection(said: &Value) -> Selection {
    let array = |key: &str, place: usize| {
        let array = said.get(key).or_else(|| said.get(place));
        array.and_then(Value::as_array).into_iter().flatten()
    };
    let ids = |key, place| array(key, place).filter_map(Value::as_u64);
    let ranges = array("ip_ranges", 2).filter_map(Value::as_str);
    let ranges = ranges.filter_map(|text| AddressRange::parse(text).ok());
    Selection::new(
        ids("agent_ids", 0).filter_map(AgentId::new),
        ids("team_ids", 1).filter_map(TeamId::new),
        ranges.collect(),
    )
}

fn check_event(event: &PresenceEvent, body: &str) {
    assert!(event.at <= NOW.plus(MAX_CLOCK_AHEAD));
    let Ok(said) = serde_json::from_str::<Value>(body) else {
        return;
    };
    // An event in an envelope has its keys further inside.
    if said["v"].is_null() {
        return;
    }
    assert_eq!(said["tenant"], event.tenant.as_str());
    assert_eq!(said["agent_id"], event.agent_id.get());
    let status = &said["status"];
    // Offline and the busy statuses are canonical, other texts are as they came.
    let is_reported = |read: &AgentStatus| {
        let text = status.as_str().unwrap_or_default();
        let same_key = comparison_key(text) == comparison_key(read.as_str());
        text == read.as_str() || (read.is_busy() || read.is_offline()) && same_key
    };
    let (kind, is_as_reported) = match &event.kind {
        EventKind::SignedIn {
            address,
            status: first,
        } => {
            // A plain address is read as it is; other forms have tests of their own.
            if let Some(from) = said["ip"].as_str().and_then(|ip| ip.parse::<IpAddr>().ok()) {
                let from = Some(from.to_canonical()).filter(|from| !from.is_unspecified());
                assert_eq!(address.known(), from);
            }
            let is_first = status.is_null() || is_reported(first);
            ("signed_in", is_first && !first.is_offline())
        }
        EventKind::StatusChanged(new) => ("status_changed", is_reported(new) && !new.is_offline()),
        EventKind::SignedOut if said["event"] == "status_changed" => {
            ("status_changed", is_reported(&AgentStatus::offline()))
        }
        EventKind::SignedOut => ("signed_out", true),
    };
    assert!(said["event"] == kind && is_as_reported, "{event:?}");
}

/// The status and the session of an agent who was never online before these events.
fn after(events: &[PresenceEvent]) -> (AgentStatus, Option<Timestamp>) {
    let mut presence = Presence {
        status: AgentStatus::offline(),
        reported_status: None,
        status_at: None,
        session: None,
        signed_in_at: None,
        buffered_status: None,
        pending_logout: None,
        last_request: None,
        covered_session: None,
    };
    for event in events {
        if let Some(transition) = presence::apply(&presence, event, NOW) {
            presence = transition.to;
            assert_eq!(presence::apply(&presence, event, NOW), None, "twice");
        }
    }
    (presence.status, presence.session)
}
