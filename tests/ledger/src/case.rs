//! The cases of the ledger: what callers and agents do.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Case {
    /// Agents are logged out; the first `busy` of them are on a call. The caller's token is remembered.
    LogOut {
        /// How they are selected.
        by: Selector,
        /// How many there are.
        agents: u32,
        /// How many of them are on a call.
        busy: u32,
    },
    /// One agent is logged out, and the caller's token is not remembered.
    FirstLogOut,
    /// This many idle agents are logged out by id, and each of their calls begins between the read and the write.
    CallsBeginMeanwhile(u32),
    /// A completed job of this many agents is looked up.
    LookUpJob {
        /// How many agents it had.
        agents: u32,
    },
    /// This many calls end while a logout is pending, reported by presence events.
    CallsEndByEvent(u32),
    /// This many calls end while a logout is pending, by plain writes of another writer.
    CallsEndByWrite(u32),
    /// Presence events of ten agents, one each.
    Events(Event),
}

/// How agents are selected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Selector {
    /// Each by id.
    Id,
    /// All by one team.
    Team,
    /// All by one range of addresses.
    Address,
}

/// A presence event of an agent who is online without a pending logout.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// From the address of the session before.
    SignedIn,
    /// From another address, so that the entry in the index `by-ip` moves.
    SignedInElsewhere,
    /// To another status in which they are idle.
    StatusChanged,
    /// Their session ended.
    SignedOut,
}

impl Event {
    /// Every kind of event.
    pub const ALL: [Self; 4] = [
        Self::SignedIn,
        Self::SignedInElsewhere,
        Self::StatusChanged,
        Self::SignedOut,
    ];
}

/// How many events [`Case::Events`] has.
pub const EVENTS: u32 = 10;
/// A request holds at most this many ids (the HTTP contract).
const MAX_IDS: u32 = 10_000;

impl Case {
    /// Every case, in the order of the ledger.
    #[must_use]
    pub fn all() -> Vec<Self> {
        let mut all = vec![Self::FirstLogOut];
        for agents in [1_u32, 25, 100, 1_000, 10_000, 100_000] {
            for by in [Selector::Id, Selector::Team, Selector::Address] {
                for busy in [0, agents.div_ceil(10)] {
                    if by != Selector::Id || agents <= MAX_IDS {
                        all.push(Self::LogOut { by, agents, busy });
                    }
                }
            }
        }
        all.push(Self::CallsBeginMeanwhile(10));
        all.extend([1_000, 10_000].map(|agents| Self::LookUpJob { agents }));
        all.extend([Self::CallsEndByEvent(10), Self::CallsEndByWrite(10)]);
        all.extend(Event::ALL.map(Self::Events));
        all
    }

    /// How many agents it is about.
    #[must_use]
    pub fn agents(self) -> u32 {
        match self {
            Self::LogOut { agents, .. } | Self::LookUpJob { agents } => agents,
            Self::FirstLogOut => 1,
            Self::CallsBeginMeanwhile(calls)
            | Self::CallsEndByEvent(calls)
            | Self::CallsEndByWrite(calls) => calls,
            Self::Events(_) => EVENTS,
        }
    }
}

impl fmt::Display for Selector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Id => "id",
            Self::Team => "team",
            Self::Address => "address",
        })
    }
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::SignedIn => "sign-ins, same address",
            Self::SignedInElsewhere => "sign-ins, another address",
            Self::StatusChanged => "changes of status",
            Self::SignedOut => "sign-outs",
        })
    }
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::LogOut { by, agents, busy } => {
                write!(f, "log out {agents} by {by}")?;
                if *busy > 0 {
                    write!(f, ", {busy} on a call")?;
                }
                Ok(())
            }
            Self::FirstLogOut => f.write_str("log out 1 by id, token not remembered"),
            Self::CallsBeginMeanwhile(calls) => {
                write!(f, "log out {calls} by id, whose calls begin meanwhile")
            }
            Self::LookUpJob { agents } => write!(f, "look up a job of {agents}"),
            Self::CallsEndByEvent(calls) => write!(f, "{calls} calls end, reported by events"),
            Self::CallsEndByWrite(calls) => write!(f, "{calls} calls end, by plain writes"),
            Self::Events(event) => write!(f, "{EVENTS} {event}"),
        }
    }
}
