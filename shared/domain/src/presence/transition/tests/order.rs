//! Events in every order.

use super::*;

/// The events in every order.
pub(super) fn permutations(events: Vec<PresenceEvent>) -> Vec<Vec<PresenceEvent>> {
    if events.is_empty() {
        return vec![events];
    }
    let first = |index| {
        let mut rest = events.clone();
        let first = rest.remove(index);
        let then = permutations(rest).into_iter();
        then.map(move |then| [vec![first.clone()], then].concat())
    };
    (0..events.len()).flat_map(first).collect()
}

#[test]
fn a_call_in_the_millisecond_of_the_sign_in_belongs_to_that_session() {
    for events in permutations(vec![signs_in(1), changes(1, "In-call")]) {
        let (presence, _) = after(never_online(), &events);
        assert_eq!(presence.status, status("In-call"), "{events:?}");
    }
}

#[test]
fn six_events_have_one_result_in_every_order_and_when_repeated() {
    for (events, status, session) in [
        (
            [
                signs_in(1),
                changes(2, "In-call"),
                changes(3, "Break"),
                signs_out(4),
                signs_in(5),
                changes(6, "In-chat"),
            ],
            "In-chat",
            5,
        ),
        (
            [
                signs_in(1),
                signs_out(2),
                signs_in(3),
                changes(4, "In-call"),
                changes(5, "Break"),
                signs_out(6),
            ],
            "Offline",
            3,
        ),
        // Three in one millisecond.
        (
            [
                signs_in(1),
                changes(2, "Break"),
                changes(2, "In-call"),
                changes(2, "lunch"),
                signs_in(9),
                changes(8, "late"),
            ],
            "Available",
            9,
        ),
        (
            [
                signs_in(1),
                changes(7, "Break"),
                changes(7, "In-call"),
                changes(7, "lunch"),
                signs_in(4),
                signs_out(3),
            ],
            "In-call",
            4,
        ),
        (
            [
                signs_in(5),
                changes(5, "lunch"),
                changes(5, "In-chat"),
                signs_out(5),
                changes(4, "Break"),
                signs_in(1),
            ],
            "Offline",
            5,
        ),
    ] {
        let orders = permutations(events.to_vec());
        assert_eq!(orders.len(), 720);
        let expected = after(never_online(), &orders[0]);
        for order in orders {
            let (presence, address) = after(never_online(), &order);
            assert_eq!(presence.status.as_str(), status, "{order:?}");
            assert_eq!(presence.session, Some(at(session)), "{order:?}");
            assert_eq!(presence.buffered_status, None, "{order:?}");
            assert_eq!((presence.clone(), address), expected, "{order:?}");
            // All of them again, in the same wrong order.
            assert_eq!(
                after(presence.clone(), &order),
                (presence, None),
                "{order:?}"
            );
        }
    }
}
