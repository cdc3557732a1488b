//! An agent as the logout sees one: a status, a session, and what earlier requests left behind.

use std::collections::BTreeSet;
use std::fmt;
use std::net::IpAddr;

use crate::ids::{AgentId, TeamId};
use crate::timestamp::Timestamp;

/// What an agent is doing: the system's `Offline`, `In-call` and `In-chat`, or free text such as `lunch`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgentStatus(String);

/// A status holds at most that many characters: it stands in every answer and condition, and no console shows more.
pub const MAX_STATUS_CHARS: usize = 64;

impl AgentStatus {
    /// The text of [`AgentStatus::offline`].
    pub const OFFLINE: &str = "Offline";
    /// The status of an agent on a call.
    pub const IN_CALL: &str = "In-call";
    /// The status of an agent in a chat.
    pub const IN_CHAT: &str = "In-chat";

    /// The status of that text, or `None` if it is empty or longer than [`MAX_STATUS_CHARS`].
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let fits = !text.trim().is_empty() && text.chars().count() <= MAX_STATUS_CHARS;
        fits.then(|| Self(text.to_owned()))
    }

    /// The status of an agent without a session.
    #[must_use]
    pub fn offline() -> Self {
        Self(Self::OFFLINE.to_owned())
    }

    /// A status as the table holds it, whatever was written there.
    #[must_use]
    pub fn stored(text: String) -> Self {
        Self(text)
    }

    /// True for [`AgentStatus::OFFLINE`].
    #[must_use]
    pub fn is_offline(&self) -> bool {
        self.0 == Self::OFFLINE
    }

    /// True on a call or chat.
    #[must_use]
    pub fn is_busy(&self) -> bool {
        self.0 == Self::IN_CALL || self.0 == Self::IN_CHAT
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Names one request to log agents out, for ever: a random id for an immediate one, the job for a background one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestId(String);

impl RequestId {
    /// The request of that name.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        Self(name.into())
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A session, from sign-in to sign-out, known by the time of its sign-in (`online_since`).
pub type Session = Timestamp;

/// A logout that waits for a call or chat to end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PendingLogout {
    /// The request that asked for it.
    pub request: RequestId,
    /// The session it was asked for.
    pub session: Session,
}

/// An agent's state that decides what a request does to them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Agent {
    /// What they are doing.
    pub status: AgentStatus,
    /// The current or last session; `None` for an agent who was never online.
    pub session: Option<Session>,
    /// The logout that waits for them, if any.
    pub pending_logout: Option<PendingLogout>,
    /// The request that last logged them out, if any.
    pub last_logout: Option<RequestId>,
    /// Who they are.
    pub profile: Profile,
}

/// Who an agent is, as answers show them. Personal data: never logged.
#[derive(Clone, PartialEq, Eq)]
pub struct Profile {
    /// The agent's name.
    pub name: String,
    /// Their address for mail.
    pub email: String,
    /// The number callers see.
    pub agent_number: String,
}

impl fmt::Debug for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Profile(..)")
    }
}

/// An agent as a contact centre hands them over, before any logout.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RosterAgent {
    /// The id within the tenant.
    pub agent_id: AgentId,
    /// Who they are.
    pub profile: Profile,
    /// The teams they belong to.
    pub team_ids: Vec<TeamId>,
    /// What they are doing.
    pub status: AgentStatus,
    /// The start of the current or last session; `None` for an agent who was never online.
    pub last_sign_in: Option<SignIn>,
}

/// Where and when a session began.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SignIn {
    /// The agent's address.
    pub address: IpAddr,
    /// The session.
    pub session: Session,
}

/// An agent with everything the table holds, as an operator looks at one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgentRecord {
    /// The id within the tenant.
    pub agent_id: AgentId,
    /// What decides about a logout.
    pub agent: Agent,
    /// The teams they belong to.
    pub team_ids: BTreeSet<TeamId>,
    /// Where the current or last session began.
    pub address: Option<IpAddr>,
    /// When the pending logout was asked for.
    pub pending_since: Option<Timestamp>,
    /// When they were last logged out.
    pub last_logout_at: Option<Timestamp>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_an_agent_is_does_not_show_in_debug_output() {
        let profile = Profile {
            name: "Ada".to_owned(),
            email: "ada@acme.example".to_owned(),
            agent_number: "No. 1".to_owned(),
        };
        assert_eq!(format!("{profile:?}"), "Profile(..)");
    }
}
