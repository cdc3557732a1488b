//! The state of the model, and what each step makes of it.

use domain::agents::{
    Agent, AgentStatus, PendingLogout, Profile, RequestId, Session, SignInAddress, Statuses,
};
use domain::ids::AgentId;
use domain::logout::{Decision, LogoutChange, LogoutWrite, Outcome, TargetSession, decide};
use domain::presence::{
    EventKind, LastRequest, Presence, PresenceEvent, Transition, apply, pending_logout_transition,
};
use domain::timestamp::Timestamp;

use super::{StatusWriter, at, now};
use crate::test_stack::name;

/// The status after a sign-in.
pub const AVAILABLE: &str = "Available";
/// A message or record is delivered at most this many times.
const MAX_DELIVERIES: u8 = 2;

/// Something that happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// A request to log the agent out.
    RequestLogout,
    /// A call or chat begins.
    InteractionStarts,
    /// The call or chat ends.
    InteractionEnds,
    /// An agent who has just signed in goes to lunch.
    GoesToLunch,
    SignsOut,
    SignsIn,
    /// Signs in and is on a call at once.
    SignsInToCall,
    /// The page is reloaded during a call or chat: a sign-in without a sign-out.
    ReloadsPage,
    /// The event of this index is delivered.
    DeliverEvent(usize),
    /// The record of this index is delivered.
    DeliverRecord(usize),
}

/// The agent, the agents table, and what is still to be delivered.
#[derive(Clone, Debug)]
pub struct World {
    pub writer: StatusWriter,
    /// The number of steps so far, which is also the time.
    steps: i64,
    /// What the agent really does.
    pub status: AgentStatus,
    /// The session that the agent really is in, or was in last.
    pub session: Session,
    /// The agents table.
    pub table: Presence,
    /// The request of the last logout, as the table holds it.
    pub last_logout: Option<RequestId>,
    /// All events, and how often each was delivered.
    pub events: Vec<(PresenceEvent, u8)>,
    /// All records that the filter lets through, and how often each was delivered.
    pub records: Vec<(Presence, u8)>,
    /// The sessions of which a request was answered that they will end.
    pub deferred_sessions: Vec<Session>,
    /// The last logout as it happened.
    pub logged_out: Option<LoggedOut>,
    /// How many logouts there were.
    pub logouts: u32,
    /// The last request that touched the agent.
    pub last_touch: Option<Touch>,
    /// When the agent really signed out last.
    pub signed_out_at: Option<Timestamp>,
    /// When the last call or chat really ended.
    pub interaction_ended_at: Option<Timestamp>,
}

/// A request that logged the agent out, or deferred it.
#[derive(Clone, Copy, Debug)]
pub struct Touch {
    pub accepted_at: Timestamp,
    /// The session that the table showed.
    pub known_session: Session,
    /// Whether the agent was really on a call or chat.
    pub was_busy: bool,
}

/// A logout as it happened.
#[derive(Clone, Copy, Debug)]
pub struct LoggedOut {
    pub at: Timestamp,
    /// The session that the table showed.
    pub session: Session,
    /// True if a request made it, and not the end of a call or chat.
    pub by_request: bool,
}

fn status(text: &str) -> AgentStatus {
    Statuses::default().parse(text).unwrap()
}

impl World {
    /// An imported agent, who is idle.
    pub fn new(writer: StatusWriter) -> Self {
        let available = status(AVAILABLE);
        Self {
            writer,
            steps: 0,
            status: available.clone(),
            session: at(0),
            table: Presence {
                status: available.clone(),
                reported_status: Some(available),
                status_at: None,
                session: Some(at(0)),
                signed_in_at: None,
                buffered_status: None,
                pending_logout: None,
                last_request: None,
                covered_session: None,
            },
            last_logout: None,
            events: Vec::new(),
            records: Vec::new(),
            deferred_sessions: Vec::new(),
            logged_out: None,
            logouts: 0,
            last_touch: None,
            signed_out_at: None,
            interaction_ended_at: None,
        }
    }

    /// The steps that are possible now.
    pub fn possible_steps(&self) -> Vec<Step> {
        let mut steps = vec![Step::RequestLogout];
        if self.status.is_offline() {
            steps.push(Step::SignsIn);
            if self.writer == StatusWriter::PresenceEvents {
                steps.push(Step::SignsInToCall);
            }
        } else {
            steps.push(Step::SignsOut);
            steps.push(if self.status.is_busy() {
                Step::InteractionEnds
            } else {
                Step::InteractionStarts
            });
            if self.status.is_busy() && self.writer == StatusWriter::PresenceEvents {
                steps.push(Step::ReloadsPage);
            }
            if self.status.as_str() == AVAILABLE {
                steps.push(Step::GoesToLunch);
            }
        }
        let can_come = |deliveries: u8| deliveries < MAX_DELIVERIES;
        let events = (0..self.events.len()).filter(|index| can_come(self.events[*index].1));
        steps.extend(events.map(Step::DeliverEvent));
        let records = (0..self.records.len()).filter(|index| can_come(self.records[*index].1));
        steps.extend(records.map(Step::DeliverRecord));
        steps
    }

    /// The world after a step.
    pub fn after(&self, step: Step) -> Self {
        let mut to = self.clone();
        to.steps += 1;
        to.take(step);
        let table = &to.table;
        let is_idle = !table.status.is_busy();
        if *table != self.table && table.pending_logout.is_some() && is_idle {
            to.records.push((table.clone(), 0));
        }
        if to.logouts != self.logouts {
            to.logged_out = self.table.session.map(|session| LoggedOut {
                at: at(to.steps),
                session,
                by_request: step == Step::RequestLogout,
            });
        }
        if self.writer == StatusWriter::PlainWrites {
            // The other writer sees a logout in the table.
            to.status = to.table.status.clone();
        }
        to
    }

    fn take(&mut self, step: Step) {
        match step {
            Step::RequestLogout => self.request_logout(),
            Step::InteractionStarts => {
                let kinds = [AgentStatus::IN_CALL, AgentStatus::IN_CHAT];
                self.change_status(kinds[usize::from(self.steps % 2 == 0)]);
            }
            Step::InteractionEnds => {
                self.interaction_ended_at = Some(at(self.steps));
                self.change_status("Break");
            }
            Step::GoesToLunch => self.change_status("lunch"),
            Step::SignsOut => {
                if self.status.is_busy() {
                    self.interaction_ended_at = Some(at(self.steps));
                }
                self.signed_out_at = Some(at(self.steps));
                self.status = AgentStatus::offline();
                self.report(EventKind::SignedOut);
            }
            Step::SignsIn => self.sign_in(status(AVAILABLE)),
            Step::SignsInToCall => self.sign_in(status(AgentStatus::IN_CALL)),
            Step::ReloadsPage => self.sign_in(self.status.clone()),
            Step::DeliverEvent(index) => {
                let (event, deliveries) = &mut self.events[index];
                *deliveries += 1;
                let transition = apply(&self.table, event, now());
                self.write(transition);
            }
            Step::DeliverRecord(index) => {
                let (record, deliveries) = &mut self.records[index];
                *deliveries += 1;
                if *record == self.table {
                    let transition = pending_logout_transition(record);
                    self.write(transition);
                }
            }
        }
    }

    fn sign_in(&mut self, status: AgentStatus) {
        self.status = status.clone();
        self.session = at(self.steps);
        self.report(EventKind::SignedIn {
            address: SignInAddress::read("10.0.0.2"),
            status,
        });
    }

    fn change_status(&mut self, to: &str) {
        self.status = status(to);
        self.report(EventKind::StatusChanged(self.status.clone()));
    }

    fn report(&mut self, kind: EventKind) {
        match self.writer {
            StatusWriter::PresenceEvents => {
                let event = PresenceEvent {
                    tenant: name("acme"),
                    agent_id: AgentId::new(1).unwrap(),
                    at: at(self.steps),
                    kind,
                };
                self.events.push((event, 0));
            }
            StatusWriter::PlainWrites => {
                self.table.status = self.status.clone();
                self.table.session = Some(self.session);
            }
        }
    }

    fn write(&mut self, transition: Option<Transition>) {
        if let Some(transition) = transition {
            self.table = transition.to;
            self.logouts += u32::from(transition.logged_out_by.is_some());
            self.last_logout = transition.logged_out_by.or(self.last_logout.take());
        }
    }

    /// The time by the contact centre's clock.
    pub fn now(&self) -> Timestamp {
        at(self.steps)
    }

    /// The name of a request that arrives now.
    pub fn request(&self) -> RequestId {
        RequestId::new(format!("request {}", self.steps))
    }

    fn request_logout(&mut self) {
        let agent = Agent {
            status: self.table.status.clone(),
            session: self.table.session,
            pending_logout: self.table.pending_logout.clone(),
            last_logout: self.last_logout.clone(),
            profile: Profile {
                name: String::new(),
                email: String::new(),
                agent_number: String::new(),
            },
        };
        match decide(Some(&agent), &self.request(), TargetSession::FirstSeen) {
            Decision::Write(LogoutWrite {
                change,
                seen_session: session,
                ..
            }) => match change {
                LogoutChange::LogOut => {
                    self.table.status = AgentStatus::offline();
                    self.table.pending_logout = None;
                    self.last_logout = Some(self.request());
                    self.logouts += 1;
                    self.touch(session);
                }
                LogoutChange::Defer { .. } => {
                    self.table.pending_logout = Some(PendingLogout {
                        request: self.request(),
                        session,
                        carried_since: None,
                    });
                    self.touch(session);
                    self.deferred_sessions.push(session);
                }
            },
            Decision::Settled(Outcome::Deferred) => {
                self.deferred_sessions.extend(self.table.session);
            }
            Decision::Settled(_) => {}
        }
    }

    fn touch(&mut self, known_session: Session) {
        let accepted_at = at(self.steps);
        self.table.last_request = Some(LastRequest {
            request: self.request(),
            accepted_at,
        });
        self.table.covered_session = None;
        self.last_touch = Some(Touch {
            accepted_at,
            known_session,
            was_busy: self.status.is_busy(),
        });
    }
}
