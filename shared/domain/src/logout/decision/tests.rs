use super::*;
use crate::agents::{PendingLogout, Profile, Statuses};

const SESSION: Session = Timestamp::from_epoch_ms(5_000);
const EARLIER: Session = Timestamp::from_epoch_ms(1_000);
const IDLE: &str = "lunch";

fn ours() -> RequestId {
    RequestId::new("ours")
}

fn theirs() -> RequestId {
    RequestId::new("theirs")
}

fn pending(request: RequestId, session: Session) -> PendingLogout {
    PendingLogout::of_session(request, session)
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
    let status = Statuses::default().parse(status).unwrap();
    Agent {
        status,
        session,
        pending_logout,
        last_logout,
        profile,
    }
}

/// Every state there is, as (agent, target).
fn every_state() -> Vec<(Agent, TargetSession)> {
    let statuses = [
        AgentStatus::OFFLINE,
        AgentStatus::IN_CALL,
        AgentStatus::IN_CHAT,
        IDLE,
    ];
    let pending_logouts = [
        None,
        Some(pending(ours(), SESSION)),
        Some(pending(ours(), EARLIER)),
        Some(pending(theirs(), SESSION)),
        Some(pending(theirs(), EARLIER)),
    ];
    let targets = [
        TargetSession::FirstSeen,
        TargetSession::SeenOrStartedBy(SESSION, Timestamp::from_epoch_ms(2_000)),
        TargetSession::SeenOrStartedBy(EARLIER, Timestamp::from_epoch_ms(2_000)),
        TargetSession::SeenOrStartedBy(EARLIER, SESSION),
        TargetSession::StartedBy(Timestamp::from_epoch_ms(5_001)),
        TargetSession::StartedBy(SESSION),
        TargetSession::StartedBy(Timestamp::from_epoch_ms(4_999)),
    ];
    let mut states = Vec::new();
    for status in statuses {
        for session in [None, Some(SESSION)] {
            for pending in &pending_logouts {
                for last in [None, Some(ours()), Some(theirs())] {
                    for target in targets {
                        states.push((
                            agent(status, session, pending.clone(), last.clone()),
                            target,
                        ));
                    }
                }
            }
        }
    }
    states
}

type Row = (
    &'static str,
    fn(&Agent, TargetSession) -> bool,
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
            agent.session == Some(SESSION) && agent.pending_logout == Some(pending(ours(), SESSION))
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
        "in a session that the request may not end",
        |_, target| {
            target == TargetSession::SeenOrStartedBy(EARLIER, Timestamp::from_epoch_ms(2_000))
                || target == TargetSession::StartedBy(Timestamp::from_epoch_ms(4_999))
        },
        |_| Decision::Settled(Outcome::Skipped(SkipReason::NewerSession)),
    ),
    (
        "idle",
        |agent, _| agent.status.as_str() == IDLE,
        |agent| write(agent, LogoutChange::LogOut),
    ),
    (
        "busy, and another request's logout is pending for this session",
        |agent, _| agent.pending_logout == Some(pending(theirs(), SESSION)),
        |_| Decision::Settled(Outcome::Deferred),
    ),
    (
        "busy, and an earlier session left a pending logout",
        |agent, _| agent.pending_logout.is_some(),
        |agent| {
            write(
                agent,
                LogoutChange::Defer {
                    stale_session: Some(EARLIER),
                },
            )
        },
    ),
    (
        "busy",
        |_, _| true,
        |agent| {
            write(
                agent,
                LogoutChange::Defer {
                    stale_session: None,
                },
            )
        },
    ),
];

fn write(agent: &Agent, change: LogoutChange) -> Decision {
    Decision::Write(LogoutWrite {
        change,
        seen_status: agent.status.clone(),
        seen_session: SESSION,
    })
}

#[test]
fn every_state_is_decided_as_the_table_says() {
    let states = every_state();
    assert_eq!(states.len(), 840);
    let mut used = [false; TABLE.len()];
    for (agent, target) in states {
        let row = TABLE
            .iter()
            .position(|(_, holds, _)| holds(&agent, target))
            .unwrap();
        used[row] = true;
        let (name, _, expected) = TABLE[row];
        assert_eq!(
            decide(Some(&agent), &ours(), target),
            expected(&agent),
            "{name}: {agent:?} {target:?}"
        );
    }
    assert_eq!(used, [true; TABLE.len()]);
}

#[test]
fn an_agent_on_a_call_or_chat_is_never_logged_out() {
    for (agent, target) in every_state() {
        let busy = ["In-call", "In-chat"].contains(&agent.status.as_str());
        let log_out = matches!(
            decide(Some(&agent), &ours(), target),
            Decision::Write(LogoutWrite {
                change: LogoutChange::LogOut,
                ..
            })
        );
        assert!(!(busy && log_out), "{agent:?} {target:?}");
    }
}

#[test]
fn an_unknown_agent_is_skipped() {
    let skipped = Decision::Settled(Outcome::Skipped(SkipReason::NotFound));
    assert_eq!(decide(None, &ours(), TargetSession::FirstSeen), skipped);
}

#[test]
fn a_pending_logout_that_went_over_from_an_earlier_session_is_replaced() {
    let carried = PendingLogout {
        carried_since: Some(EARLIER),
        ..pending(theirs(), SESSION)
    };
    let busy = agent(AgentStatus::IN_CALL, Some(SESSION), Some(carried), None);
    let Decision::Write(write) = decide(Some(&busy), &ours(), TargetSession::FirstSeen) else {
        panic!("it would be lost with a sign-out that is reported late")
    };
    let stale_session = Some(SESSION);
    assert_eq!(write.change, LogoutChange::Defer { stale_session });
    let again = decide(Some(&busy), &theirs(), TargetSession::FirstSeen);
    assert_eq!(again, Decision::Settled(Outcome::Deferred));
}
