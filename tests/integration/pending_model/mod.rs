//! Pending logouts as a model: one agent, who does things and is told of, early, late, twice or in the wrong order, while
//! logouts are asked for. Searched through for states that must not be, and replayed by the real functions.

mod replay;
mod search;

use domain::agents::{Agent, AgentStatus, PendingLogout, Profile, RequestId, Session};
use domain::ids::AgentId;
use domain::logout::{Decision, LogoutChange, LogoutWrite, Outcome, TargetSession, decide};
use domain::presence::{EventKind, PresenceEvent};
use domain::presence::{Presence, Transition, apply, finish_pending_logout};
use domain::timestamp::Timestamp;
use tests::test_stack::{START, name};

/// The status after a sign-in.
const AVAILABLE: &str = "Available";
/// A message is delivered at most that often.
const MAX_DELIVERIES: u8 = 2;

/// Who tells the agents table what the agent does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Told {
    /// Presence events, which have to be delivered.
    ByEvents,
    /// Somebody who writes the table.
    Directly,
}

/// Something that happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Op {
    /// A request to log the agent out.
    ForceLogout,
    /// A call begins, or a chat.
    ContactStarts,
    /// It ends.
    ContactEnds,
    /// Somebody who has just signed in has lunch.
    GoesToLunch,
    SignsOut,
    SignsIn,
    /// That event is delivered.
    Event(usize),
    /// That record of the stream is delivered.
    Record(usize),
}

/// Everything there is.
#[derive(Clone, Debug)]
pub struct World {
    told: Told,
    /// Counts what has happened, and is the time.
    step: i64,
    /// What the agent really does.
    status: AgentStatus,
    /// The session they really are in, or were in last.
    session: Session,
    /// The agents table.
    pub table: Presence,
    pub last_logout: Option<RequestId>,
    /// All events, and how often each was delivered.
    pub events: Vec<(PresenceEvent, u8)>,
    /// All records that the filter lets pass, likewise.
    records: Vec<(Presence, u8)>,
    /// The sessions for which a request was answered that their end will come.
    promised: Vec<Session>,
    /// The last logout.
    logged_out: Option<LoggedOut>,
}

/// On a call, after which they will be logged out.
fn pending(told: Told) -> Vec<Op> {
    match told {
        Told::ByEvents => vec![Op::ContactStarts, Op::Event(0), Op::ForceLogout],
        Told::Directly => vec![Op::ContactStarts, Op::ForceLogout],
    }
}

/// A logout as it happened.
#[derive(Clone, Copy, Debug)]
struct LoggedOut {
    at: Timestamp,
    /// The session that the table showed.
    session: Session,
    /// By a request, and not by the end of a call.
    at_once: bool,
}

/// The time of a step, by the contact centre's clock. The service's is an hour later at once.
pub fn at(step: i64) -> Timestamp {
    Timestamp::from_epoch_ms(now().epoch_ms() - 3_600_000 + step * 1_000)
}

fn now() -> Timestamp {
    Timestamp::parse_rfc3339(START).unwrap()
}

fn status(text: &str) -> AgentStatus {
    AgentStatus::parse(text).unwrap()
}

impl World {
    /// An agent from a roster, idle.
    pub fn new(told: Told) -> Self {
        let available = status(AVAILABLE);
        Self {
            told,
            step: 0,
            status: available.clone(),
            session: at(0),
            table: Presence {
                status: available,
                status_at: None,
                session: Some(at(0)),
                signed_in_at: None,
                buffered_status: None,
                pending_logout: None,
            },
            last_logout: None,
            events: Vec::new(),
            records: Vec::new(),
            promised: Vec::new(),
            logged_out: None,
        }
    }

    /// What it is like after all that.
    pub fn after_all(self, ops: &[Op]) -> Self {
        ops.iter().fold(self, |world, op| world.after(*op))
    }

    /// What can happen next.
    pub fn enabled(&self) -> Vec<Op> {
        let mut ops = vec![Op::ForceLogout];
        if self.status.is_offline() {
            ops.push(Op::SignsIn);
        } else {
            ops.push(Op::SignsOut);
            ops.push(if self.status.is_busy() {
                Op::ContactEnds
            } else {
                Op::ContactStarts
            });
            if self.status.as_str() == AVAILABLE {
                ops.push(Op::GoesToLunch);
            }
        }
        let again = |deliveries: u8| deliveries < MAX_DELIVERIES;
        let events = (0..self.events.len()).filter(|i| again(self.events[*i].1));
        ops.extend(events.map(Op::Event));
        let records = (0..self.records.len()).filter(|i| again(self.records[*i].1));
        ops.extend(records.map(Op::Record));
        ops
    }

    /// What it is like after that.
    pub fn after(&self, op: Op) -> Self {
        let mut to = self.clone();
        to.step += 1;
        match op {
            Op::ForceLogout => to.force_logout(),
            Op::ContactStarts => {
                let kinds = [AgentStatus::IN_CALL, AgentStatus::IN_CHAT];
                to.changes_status(kinds[usize::from(to.step % 2 == 0)]);
            }
            Op::ContactEnds => to.changes_status("Break"),
            Op::GoesToLunch => to.changes_status("lunch"),
            Op::SignsOut => {
                to.status = AgentStatus::offline();
                to.tell(EventKind::SignedOut);
            }
            Op::SignsIn => {
                to.status = status(AVAILABLE);
                to.session = at(to.step);
                to.tell(EventKind::SignedIn {
                    address: "10.0.0.2".parse().unwrap(),
                    status: to.status.clone(),
                });
            }
            Op::Event(index) => {
                to.events[index].1 += 1;
                to.write(apply(&self.table, &self.events[index].0, now()));
            }
            Op::Record(index) => {
                to.records[index].1 += 1;
                let record = &self.records[index].0;
                if *record == self.table {
                    to.write(finish_pending_logout(record));
                }
            }
        }
        if to.table != self.table && to.table.pending_logout.is_some() && !to.table.status.is_busy()
        {
            to.records.push((to.table.clone(), 0));
        }
        if to.last_logout != self.last_logout {
            to.logged_out = self.table.session.map(|session| LoggedOut {
                at: at(to.step),
                session,
                at_once: op == Op::ForceLogout,
            });
        }
        if self.told == Told::Directly {
            // They see what the table says.
            to.status = to.table.status.clone();
        }
        to
    }

    fn changes_status(&mut self, to: &str) {
        self.status = status(to);
        self.tell(EventKind::StatusChanged(self.status.clone()));
    }

    fn tell(&mut self, kind: EventKind) {
        match self.told {
            Told::ByEvents => {
                let event = PresenceEvent {
                    tenant: name("acme"),
                    agent_id: AgentId::new(1).unwrap(),
                    at: at(self.step),
                    kind,
                };
                self.events.push((event, 0));
            }
            Told::Directly => {
                self.table.status = self.status.clone();
                self.table.session = Some(self.session);
            }
        }
    }

    fn write(&mut self, transition: Option<Transition>) {
        if let Some(transition) = transition {
            self.table = transition.to;
            self.last_logout = transition.logged_out_by.or(self.last_logout.take());
        }
    }

    /// The name of the request made at a step.
    pub fn request(&self) -> RequestId {
        RequestId::new(format!("request {}", self.step))
    }

    fn force_logout(&mut self) {
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
                }
                LogoutChange::Defer { .. } => {
                    self.table.pending_logout = Some(PendingLogout {
                        request: self.request(),
                        session,
                    });
                    self.promised.push(session);
                }
            },
            Decision::Settled(Outcome::Deferred) => self.promised.extend(self.table.session),
            Decision::Settled(_) => {}
        }
    }
}
