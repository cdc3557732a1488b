//! The model of pending logouts, searched and replayed to a large depth.

use tests::pending_logout_model::{Start, StatusWriter, replay, search};

const DEPTH: usize = 9;
/// Plain writes need no delivery, so there are fewer steps to choose from.
const DEPTH_OF_PLAIN_WRITES: usize = 11;
const REPLAY_DEPTH: usize = 4;
const RANDOM_SEQUENCES: usize = 1_000;

#[test]
fn with_presence_events_no_agent_is_logged_out_wrongly_or_forgotten() {
    search(StatusWriter::PresenceEvents, Start::Idle, DEPTH).assert_at_least(100);
}

#[test]
fn with_presence_events_a_pending_logout_is_right_and_not_forgotten() {
    let found = search(StatusWriter::PresenceEvents, Start::PendingLogout, DEPTH);
    assert!(found.restored_sessions > 0, "{found:?}");
    found.assert_at_least(100);
}

#[test]
fn with_plain_writes_no_agent_is_logged_out_wrongly_or_forgotten() {
    let found = search(
        StatusWriter::PlainWrites,
        Start::Idle,
        DEPTH_OF_PLAIN_WRITES,
    );
    found.assert_at_least(100);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn with_presence_events_the_functions_do_what_the_model_does() {
    replay(StatusWriter::PresenceEvents, REPLAY_DEPTH, RANDOM_SEQUENCES).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn with_plain_writes_the_functions_do_what_the_model_does() {
    replay(StatusWriter::PlainWrites, REPLAY_DEPTH, RANDOM_SEQUENCES).await;
}
