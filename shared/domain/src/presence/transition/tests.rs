mod covered;
mod order;

use std::net::IpAddr;

use super::*;
use crate::agents::{PendingLogout, Statuses};
use crate::ids::AgentId;
use crate::presence::LastRequest;
use crate::tenant::Tenant;

/// The service's clock; it runs behind in some tests.
const NOW: Timestamp = at(100);

const fn at(seconds: i64) -> Timestamp {
    Timestamp::from_epoch_ms(seconds * 1_000)
}

fn status(text: &str) -> AgentStatus {
    Statuses::default().parse(text).unwrap()
}

fn event(seconds: i64, kind: EventKind) -> PresenceEvent {
    PresenceEvent {
        tenant: Tenant::parse("acme").unwrap(),
        agent_id: AgentId::new(1).unwrap(),
        at: at(seconds),
        kind,
    }
}

fn signs_in(seconds: i64) -> PresenceEvent {
    let address = IpAddr::from([10, 0, 0, u8::try_from(seconds).unwrap()]);
    let address = SignInAddress::Known(address);
    let status = status("Available");
    event(seconds, EventKind::SignedIn { address, status })
}

fn changes(seconds: i64, text: &str) -> PresenceEvent {
    event(seconds, EventKind::StatusChanged(status(text)))
}

fn signs_out(seconds: i64) -> PresenceEvent {
    event(seconds, EventKind::SignedOut)
}

/// An agent who was never online.
fn never_online() -> Presence {
    Presence {
        status: AgentStatus::offline(),
        reported_status: None,
        status_at: None,
        session: None,
        signed_in_at: None,
        buffered_status: None,
        pending_logout: None,
        last_request: None,
        covered_session: None,
    }
}

/// The presence after these events, and the address of the last sign-in.
fn after<'a>(
    mut presence: Presence,
    events: impl IntoIterator<Item = &'a PresenceEvent>,
) -> (Presence, Option<SignInAddress>) {
    let mut address = None;
    for event in events {
        if let Some(transition) = apply(&presence, event, NOW) {
            presence = transition.to;
            address = transition.signed_in_from.or(address);
        }
    }
    (presence, address)
}

/// An agent on a call since second 2, in the session of second 1, with a logout pending.
fn pending() -> Presence {
    let (mut presence, _) = after(never_online(), [&signs_in(1), &changes(2, "In-call")]);
    presence.pending_logout = Some(PendingLogout {
        request: RequestId::new("request"),
        session: at(1),
        carried_since: None,
    });
    presence
}

#[test]
fn a_repeated_event_changes_nothing() {
    let mut presence = never_online();
    for event in [
        changes(1, "Break"),
        signs_in(2),
        changes(3, "In-call"),
        signs_out(4),
        changes(5, "lunch"),
    ] {
        presence = apply(&presence, &event, NOW).unwrap().to;
        assert_eq!(apply(&presence, &event, NOW), None, "{event:?}");
    }
}

#[test]
fn only_a_sign_in_brings_back_an_agent_who_was_logged_out() {
    let (mut presence, _) = after(never_online(), [&signs_in(1), &changes(2, "Break")]);
    presence.status = AgentStatus::offline();
    let late = [changes(3, "Available"), changes(4, "In-call"), signs_in(1)];
    let (presence, _) = after(presence, &late);
    assert!(presence.status.is_offline());
    let (back, _) = after(presence.clone(), [&signs_in(5)]);
    assert_eq!(back.status, status("Available"));
    // The call is one of the new session, whose sign-in is reported late.
    let (back, _) = after(presence, [&signs_in(3)]);
    assert_eq!(
        (back.status, back.session),
        (status("In-call"), Some(at(3)))
    );
}

#[test]
fn the_end_of_the_call_ends_a_session_with_a_pending_logout() {
    let logged_out = apply(&pending(), &changes(3, "Break"), NOW).unwrap();
    assert!(logged_out.to.status.is_offline());
    assert_eq!(logged_out.to.pending_logout, None);
    assert_eq!(logged_out.logged_out_by, Some(RequestId::new("request")));

    let chat = apply(&pending(), &changes(3, "In-chat"), NOW).unwrap();
    assert_eq!(chat.to.status, status("In-chat"));
    assert_eq!(chat.to.pending_logout, pending().pending_logout);
    assert_eq!(chat.logged_out_by, None);

    for ends in [signs_out(3), signs_in(3)] {
        let by_themselves = apply(&pending(), &ends, NOW).unwrap();
        assert_eq!(by_themselves.to.pending_logout, None);
        assert_eq!(by_themselves.logged_out_by, None);
    }
    assert_eq!(apply(&pending(), &changes(2, "Break"), NOW), None);
    assert_eq!(apply(&pending(), &signs_in(1), NOW), None);
}

#[test]
fn a_late_sign_in_restores_the_status_of_a_session_that_was_logged_out_too_early() {
    // Break is of the session of second 5; that the session before it has ended is reported afterwards.
    let (logged_out, _) = after(pending(), [&changes(6, "Break")]);
    assert!(logged_out.status.is_offline());
    let late = [changes(3, "lunch"), signs_out(4), signs_in(5)];
    for order in order::permutations(late.to_vec()) {
        let (presence, _) = after(logged_out.clone(), &order);
        assert_eq!(
            (presence.status, presence.session),
            (status("Break"), Some(at(5)))
        );
        assert_eq!(presence.buffered_status, None);
    }
    // If there was none, they stay out.
    let (out, _) = after(logged_out.clone(), &late[..2]);
    assert!(out.status.is_offline());
    // Reported twice, the result is the same.
    assert_eq!(
        after(logged_out.clone(), [&changes(6, "Break")]).0,
        logged_out
    );
}

#[test]
fn a_pending_logout_is_finished_or_removed_or_left_alone() {
    let seen = |status_now: &str, session| Presence {
        status: status(status_now),
        session,
        ..pending()
    };
    let due = |presence: &Presence| {
        pending_logout_transition(presence).map(|transition| {
            assert_eq!(transition.to.pending_logout, None);
            (transition.to.status, transition.logged_out_by)
        })
    };
    let request = || Some(RequestId::new("request"));
    let (same, other) = (Some(at(1)), Some(at(5)));
    assert_eq!(due(&seen("In-call", same)), None);
    assert_eq!(due(&seen("In-chat", same)), None);
    assert_eq!(
        due(&seen("Break", same)),
        Some((AgentStatus::offline(), request()))
    );
    assert_eq!(
        due(&seen("Offline", same)),
        Some((AgentStatus::offline(), None))
    );
    assert_eq!(due(&seen("Break", other)), Some((status("Break"), None)));
    assert_eq!(
        due(&seen("In-call", other)),
        Some((status("In-call"), None))
    );
    assert_eq!(
        due(&seen("Offline", None)),
        Some((AgentStatus::offline(), None))
    );
    assert_eq!(due(&never_online()), None);
}

#[test]
fn a_clock_that_runs_ahead_hides_no_agent() {
    let (first, then) = (at(10), at(20));
    let ahead = apply(&never_online(), &signs_in(50), first).unwrap().to;
    assert_eq!(
        (ahead.session, ahead.signed_in_at),
        (Some(first), Some(at(50)))
    );
    let on_a_call = apply(&ahead, &changes(60, "In-call"), then).unwrap().to;
    assert_eq!(on_a_call.session, Some(first));
    // Delivered again when more time has passed, it is still the same sign-in.
    assert_eq!(apply(&on_a_call, &signs_in(50), then), None);
    // Two sign-ins at once: the pending logout is for the first.
    let mut deferred = ahead.clone();
    deferred.pending_logout = Some(PendingLogout {
        request: RequestId::new("request"),
        session: first,
        carried_since: None,
    });
    let again = apply(&deferred, &signs_in(55), first).unwrap().to;
    assert_eq!((again.session, again.pending_logout), (Some(first), None));
    assert_eq!(again.status, status("Available"));
    // A session that no event reported counts from its own beginning.
    let direct = Presence {
        session: Some(at(70)),
        ..on_a_call
    };
    assert_eq!(apply(&direct, &changes(65, "Break"), NOW), None);
}
