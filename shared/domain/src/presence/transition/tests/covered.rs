//! Sign-ins that are reported after a request that was accepted later than they happened, and pages reloaded during a call.

use super::order::permutations;
use super::*;

/// When the request was accepted.
const ACCEPTED: i64 = 50;

fn request() -> RequestId {
    RequestId::new("request")
}

fn signs_in_busy(seconds: i64) -> PresenceEvent {
    let EventKind::SignedIn { address, .. } = signs_in(seconds).kind else {
        unreachable!("a sign-in")
    };
    let status = status("In-call");
    event(seconds, EventKind::SignedIn { address, status })
}

fn touched(status_now: &str, reported: &str) -> Presence {
    Presence {
        status: status(status_now),
        reported_status: Some(status(reported)),
        status_at: Some(at(2)),
        session: Some(at(1)),
        signed_in_at: Some(at(1)),
        last_request: Some(LastRequest {
            request: request(),
            accepted_at: at(ACCEPTED),
        }),
        ..never_online()
    }
}

/// Idle in the session that the request found, and logged out.
fn logged_out() -> Presence {
    touched("Offline", "Available")
}

/// On a call in the session that the request found, and deferred.
fn deferred() -> Presence {
    Presence {
        pending_logout: Some(PendingLogout {
            request: request(),
            session: at(1),
            carried_since: None,
        }),
        ..touched("In-call", "In-call")
    }
}

/// Fails unless these events in every order, and each of them again, end in that status and session, with a logout pending or
/// not.
fn assert_in_every_order(
    start: &Presence,
    events: &[PresenceEvent],
    status_then: &str,
    session: i64,
) {
    for order in permutations(events.to_vec()) {
        let (presence, _) = after(start.clone(), &order);
        assert_eq!(presence.status, status(status_then), "{order:?}");
        assert_eq!(presence.session, Some(at(session)), "{order:?}");
        let pending = presence.pending_logout.as_ref();
        let pending = pending.map(|pending| pending.session);
        let is_pending = presence.status.is_busy().then_some(at(session));
        assert_eq!(pending, is_pending, "{order:?}");
        let (again, _) = after(presence.clone(), &order);
        assert_eq!(again, presence, "{order:?}");
    }
}

#[test]
fn an_agent_who_was_logged_out_stays_out_of_a_session_that_began_no_later() {
    for seconds in [10, ACCEPTED] {
        let transition = apply(&logged_out(), &signs_in(seconds), NOW).unwrap();
        assert!(transition.to.status.is_offline());
        assert_eq!(transition.to.session, Some(at(seconds)));
        assert_eq!(transition.logged_out_by, Some(request()));
    }
    let transition = apply(&logged_out(), &signs_in(ACCEPTED + 1), NOW).unwrap();
    assert_eq!(transition.to.status, status("Available"));
    assert_eq!(transition.logged_out_by, None);
}

#[test]
fn an_idle_status_of_a_covered_session_leaves_the_agent_out_in_every_order() {
    let events = [
        signs_out(5),
        signs_in(10),
        changes(20, "Break"),
        changes(60, "lunch"),
    ];
    assert_in_every_order(&logged_out(), &events, "Offline", 10);
}

#[test]
fn a_covered_session_that_was_on_a_call_finishes_it_in_every_order() {
    let on_a_call = [signs_out(5), signs_in(10), changes(20, "In-call")];
    assert_in_every_order(&logged_out(), &on_a_call, "In-call", 10);
    assert_in_every_order(&deferred(), &on_a_call, "In-call", 10);
    let ended = [signs_in(10), changes(20, "In-call"), changes(60, "Wrap-up")];
    assert_in_every_order(&logged_out(), &ended, "Offline", 10);
    assert_in_every_order(&deferred(), &ended, "Offline", 10);
}

#[test]
fn the_end_of_the_call_of_a_covered_session_is_the_logout() {
    let events = [signs_out(5), signs_in(10), changes(20, "In-call")];
    let (on_a_call, _) = after(deferred(), &events);
    let transition = apply(&on_a_call, &changes(60, "Wrap-up"), NOW).unwrap();
    assert!(transition.to.status.is_offline());
    assert_eq!(transition.logged_out_by, Some(request()));
}

#[test]
fn a_sign_out_of_a_covered_session_ends_it_in_every_order() {
    let events = [signs_in(10), changes(20, "In-call"), signs_out(30)];
    for order in permutations(events.to_vec()) {
        let (presence, _) = after(logged_out(), &order);
        assert!(presence.status.is_offline(), "{order:?}");
        assert_eq!(presence.pending_logout, None, "{order:?}");
    }
}

#[test]
fn a_session_that_began_after_the_request_is_not_touched_in_any_order() {
    let events = [
        signs_out(5),
        signs_in(10),
        signs_out(55),
        signs_in(60),
        changes(70, "In-call"),
    ];
    for start in [logged_out(), deferred()] {
        for order in permutations(events.to_vec()) {
            let (presence, _) = after(start.clone(), &order);
            assert_eq!(presence.status, status("In-call"), "{order:?}");
            assert_eq!(presence.session, Some(at(60)), "{order:?}");
            assert_eq!(presence.pending_logout, None, "{order:?}");
        }
    }
}

#[test]
fn a_page_that_is_reloaded_during_a_call_takes_the_pending_logout_along() {
    let reloaded = apply(&deferred(), &signs_in_busy(60), NOW).unwrap().to;
    let pending = reloaded.pending_logout.clone().unwrap();
    assert_eq!((pending.request, pending.session), (request(), at(60)));
    let ended = apply(&reloaded, &changes(70, "Wrap-up"), NOW).unwrap();
    assert!(ended.to.status.is_offline());
    assert_eq!(ended.logged_out_by, Some(request()));

    // Twice.
    let twice = apply(&reloaded, &signs_in_busy(65), NOW).unwrap().to;
    assert_eq!(twice.pending_logout.unwrap().session, at(65));
}

#[test]
fn only_a_busy_sign_in_during_a_call_takes_the_pending_logout_along() {
    let idle = apply(&deferred(), &signs_in(60), NOW).unwrap();
    assert_eq!(idle.to.pending_logout, None);
    assert_eq!(idle.logged_out_by, None);
    let (signed_out, _) = after(deferred(), &[signs_out(55)]);
    let again = apply(&signed_out, &signs_in_busy(60), NOW).unwrap().to;
    assert_eq!(again.status, status("In-call"));
    assert_eq!(again.pending_logout, None);
}

#[test]
fn a_late_sign_out_in_between_takes_the_pending_logout_back() {
    for signed_out in [2, 30, 59] {
        for reloads in [vec![60], vec![60, 65]] {
            let reloads: Vec<PresenceEvent> = reloads.into_iter().map(signs_in_busy).collect();
            let (reloaded, _) = after(deferred(), &reloads);
            assert!(reloaded.pending_logout.is_some());
            let taken_back = apply(&reloaded, &signs_out(signed_out), NOW).unwrap();
            assert_eq!(taken_back.to.pending_logout, None, "{signed_out}");
            assert_eq!(taken_back.to.status, status("In-call"), "{signed_out}");
            assert_eq!(apply(&taken_back.to, &signs_out(signed_out), NOW), None);
            let ended = apply(&taken_back.to, &changes(70, "Wrap-up"), NOW)
                .unwrap()
                .to;
            assert_eq!(ended.status, status("Wrap-up"));
        }
    }
    // A sign-out of the session before is older than what is known.
    let (reloaded, _) = after(deferred(), &[signs_in_busy(60)]);
    assert_eq!(apply(&reloaded, &signs_out(1), NOW), None);
}

#[test]
fn a_status_of_the_covered_session_may_be_known_before_its_sign_in() {
    // The status of second 2 was taken for a status of the session that the request found.
    let (presence, _) = after(
        logged_out(),
        &[PresenceEvent {
            at: Timestamp::from_epoch_ms(1_500),
            ..signs_in(1)
        }],
    );
    assert!(presence.status.is_offline());
    let resumed = apply(&presence, &changes(20, "In-call"), NOW).unwrap().to;
    assert_eq!(resumed.status, status("In-call"));
    assert!(resumed.pending_logout.is_some());
}

#[test]
fn an_agent_whom_no_request_has_touched_signs_in() {
    let untouched = Presence {
        last_request: None,
        ..logged_out()
    };
    let signed_in = apply(&untouched, &signs_in(10), NOW).unwrap().to;
    assert_eq!(signed_in.status, status("Available"));
}
