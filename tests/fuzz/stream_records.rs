//! Records of the agents table's stream: only who has a pending logout of this session and is online, and neither on a call
//! nor in a chat, is logged out by one; and once.

#![no_main]

use aws_lambda_events::dynamodb::EventRecord;
use libfuzzer_sys::fuzz_target;
use logout::presence;
use logout::store::read_record;

fuzz_target!(|record: &[u8]| {
    let Ok(record) = serde_json::from_slice::<EventRecord>(record) else {
        return;
    };
    let Ok(Some(agent)) = read_record(record) else {
        return;
    };
    let seen = agent.seen.presence;
    let transition = presence::finish_pending_logout(&seen);
    let mark = seen.pending_logout.as_ref();
    let ours = mark.filter(|mark| Some(mark.session) == seen.session);
    let due = ours.filter(|_| !seen.status.is_busy() && !seen.status.is_offline());
    let by = transition.as_ref().and_then(|it| it.logged_out_by.as_ref());
    assert_eq!(by, due.map(|mark| &mark.request));
    if let Some(transition) = &transition {
        let after = &transition.to;
        assert!(after.pending_logout.is_none());
        assert_eq!(after.session, seen.session);
        assert!(by.is_none() || after.status.is_offline());
        assert_eq!(presence::finish_pending_logout(after), None);
    } else {
        assert!(ours.is_none_or(|_| seen.status.is_busy()));
    }
});
