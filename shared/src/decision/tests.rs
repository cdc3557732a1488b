use super::*;
use crate::agent::{PendingLogout, Profile};

const SESSION: Session = Timestamp::from_epoch_ms(5_000);
const EARLIER: Session = Timestamp::from_epoch_ms(1_000);
const IDLE: &str = "lunch";

fn ours() -> RequestId {
    RequestId::new("ours")
}

fn theirs() -> RequestId {
    RequestId::new("theirs")
}

fn mark(request: RequestId, session: Session) -> PendingLogout {
    PendingLogout { request, session }
}

fn agent(
    status: &str,
    session: Option<Session>,
    pending_logout: Option<PendingLogout>,
    last_logout: Option<RequestId>,
) -> Agent {
    let profile = Profile {
        name: String::new(),
        email: String::new(),
        agent_number: String::new(),
    };
    let status = AgentStatus::parse(status).unwrap();
    Agent {
        status,
        session,
        pending_logout,
        last_logout,
        profile,
    }
}

/// Every state there is, as (agent, pin).
fn every_state() -> Vec<(Agent, SessionPin)> {
    let statuses = [
        AgentStatus::OFFLINE,
        AgentStatus::IN_CALL,
        AgentStatus::IN_CHAT,
        IDLE,
    ];
    let marks = [
        None,
        Some(mark(ours(), SESSION)),
        Some(mark(ours(), EARLIER)),
        Some(mark(theirs(), SESSION)),
        Some(mark(theirs(), EARLIER)),
    ];
    let pins = [
        SessionPin::Any,
        SessionPin::SeenOrBegunBy(SESSION, Timestamp::from_epoch_ms(2_000)),
        SessionPin::SeenOrBegunBy(EARLIER, Timestamp::from_epoch_ms(2_000)),
        SessionPin::SeenOrBegunBy(EARLIER, SESSION),
        SessionPin::BegunBy(Timestamp::from_epoch_ms(5_001)),
        SessionPin::BegunBy(SESSION),
        SessionPin::BegunBy(Timestamp::from_epoch_ms(4_999)),
    ];
    let mut states = Vec::new();
    for status in statuses {
        for session in [None, Some(SESSION)] {
            for mark in &marks {
                for last in [None, Some(ours()), Some(theirs())] {
                    for pin in pins {
                        states.push((agent(status, session, mark.clone(), last.clone()), pin));
                    }
                }
            }
        }
    }
    states
}

type Row = (
    &'static str,
    fn(&Agent, SessionPin) -> bool,
    fn(&Agent) -> Decision,
);

/// The first row whose condition holds gives the decision.
const TABLE: [Row; 9] = [
    (
        "logged out by this request before",
        |agent, _| agent.last_logout == Some(ours()),
        |_| Decision::Settled(Outcome::LoggedOut),
    ),
    (
        "deferred by this request before, in this session",
        |agent, _| {
            agent.session == Some(SESSION) && agent.pending_logout == Some(mark(ours(), SESSION))
        },
        |_| Decision::Settled(Outcome::Deferred),
    ),
    (
        "offline",
        |agent, _| agent.status.as_str() == "Offline",
        |_| Decision::Settled(Outcome::Skipped(SkipReason::Offline)),
    ),
    (
        "never had a session",
        |agent, _| agent.session.is_none(),
        |_| Decision::Settled(Outcome::Skipped(SkipReason::Offline)),
    ),
    (
        "in a session the request does not mean",
        |_, pin| {
            pin == SessionPin::SeenOrBegunBy(EARLIER, Timestamp::from_epoch_ms(2_000))
                || pin == SessionPin::BegunBy(Timestamp::from_epoch_ms(4_999))
        },
        |_| Decision::Settled(Outcome::Skipped(SkipReason::LaterSession)),
    ),
    (
        "idle",
        |agent, _| agent.status.as_str() == IDLE,
        |agent| attempt(agent, Change::LogOut),
    ),
    (
        "busy, and another request's mark is on this session",
        |agent, _| agent.pending_logout == Some(mark(theirs(), SESSION)),
        |_| Decision::Settled(Outcome::Deferred),
    ),
    (
        "busy, and an earlier session left a mark",
        |agent, _| agent.pending_logout.is_some(),
        |agent| {
            attempt(
                agent,
                Change::Defer {
                    stale_mark: Some(EARLIER),
                },
            )
        },
    ),
    (
        "busy",
        |_, _| true,
        |agent| attempt(agent, Change::Defer { stale_mark: None }),
    ),
];

fn attempt(agent: &Agent, change: Change) -> Decision {
    let status = agent.status.clone();
    Decision::Attempt(Attempt {
        change,
        status,
        session: SESSION,
    })
}

#[test]
fn every_state_is_decided_as_the_table_says() {
    let states = every_state();
    assert_eq!(states.len(), 840);
    let mut used = [false; TABLE.len()];
    for (agent, pin) in states {
        let row = TABLE
            .iter()
            .position(|(_, holds, _)| holds(&agent, pin))
            .unwrap();
        used[row] = true;
        let (name, _, expected) = TABLE[row];
        assert_eq!(
            decide(Some(&agent), &ours(), pin),
            expected(&agent),
            "{name}: {agent:?} {pin:?}"
        );
    }
    assert_eq!(used, [true; TABLE.len()]);
}

#[test]
fn an_agent_on_a_call_or_chat_is_never_logged_out() {
    for (agent, pin) in every_state() {
        let busy = ["In-call", "In-chat"].contains(&agent.status.as_str());
        let log_out = matches!(
            decide(Some(&agent), &ours(), pin),
            Decision::Attempt(Attempt {
                change: Change::LogOut,
                ..
            })
        );
        assert!(!(busy && log_out), "{agent:?} {pin:?}");
    }
}

#[test]
fn an_unknown_agent_is_skipped() {
    let skipped = Decision::Settled(Outcome::Skipped(SkipReason::Missing));
    assert_eq!(decide(None, &ours(), SessionPin::Any), skipped);
}
