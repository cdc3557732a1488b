//! Bodies of messages in the queues of jobs and of presence events: what is taken is read the same again, and an event that
//! comes twice changes nothing the second time.

#![no_main]

use std::time::Duration;

use libfuzzer_sys::fuzz_target;
use logout::agent::AgentStatus;
use logout::message::Message;
use logout::presence::{self, Presence};
use logout::presence_event::{EventKind, PresenceEvent};
use logout::timestamp::Timestamp;

/// 2026-11-22T08:00:00Z, shortly after the recorded events.
const NOW: Timestamp = Timestamp::from_epoch_ms(1_795_334_400_000);
/// What an event may be ahead of it.
const MAX_AHEAD: Duration = Duration::from_mins(15);

fuzz_target!(|body: &str| {
    if let Ok(message) = Message::parse(body) {
        assert_eq!(Message::parse(&message.to_body()), Ok(message));
    }
    if let Ok(event) = PresenceEvent::parse(body, NOW) {
        check(&event);
    }
});

fn check(event: &PresenceEvent) {
    assert!(event.at <= NOW.plus(MAX_AHEAD));
    if let EventKind::SignedIn { status, .. } | EventKind::StatusChanged(status) = &event.kind {
        assert!(!status.is_offline());
    }
    let never_online = Presence {
        status: AgentStatus::offline(),
        status_at: None,
        session: None,
        signed_in_at: None,
        early_status: None,
        pending_logout: None,
    };
    let Some(transition) = presence::apply(&never_online, event, NOW) else {
        return;
    };
    let signs_in = matches!(event.kind, EventKind::SignedIn { .. });
    assert_eq!(transition.to.session.is_some(), signs_in);
    assert_eq!(transition.to.status.is_offline(), !signs_in);
    assert_eq!(presence::apply(&transition.to, event, NOW), None);
}
