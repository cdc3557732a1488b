//! An agent: a status, a session, and what earlier requests left on them.

use std::collections::BTreeSet;
use std::fmt;
use std::net::IpAddr;

use super::status::AgentStatus;
use crate::ids::{AgentId, TeamId};
use crate::timestamp::Timestamp;

/// The lasting name of one request to log agents out: a random id for a request answered at once, the job for a background
/// job.
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

/// A pending logout: it happens when the call or chat ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PendingLogout {
    /// The request that deferred it.
    pub request: RequestId,
    /// The session it ends. A later session is not touched.
    pub session: Session,
    /// If it went over from an earlier session, whose page was reloaded during a call or chat: a sign-out between this time and
    /// the begin of `session` takes it back.
    pub carried_since: Option<Timestamp>,
}

impl PendingLogout {
    /// The pending logout of a session, deferred by `request` in that session.
    #[must_use]
    pub fn of_session(request: RequestId, session: Session) -> Self {
        Self {
            request,
            session,
            carried_since: None,
        }
    }
}

/// An agent's state that decides what a request does to them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Agent {
    /// What they are doing.
    pub status: AgentStatus,
    /// The current or last session; `None` for an agent who was never online.
    pub session: Option<Session>,
    /// The pending logout, if there is one.
    pub pending_logout: Option<PendingLogout>,
    /// The request that last logged them out, if any.
    pub last_logout: Option<RequestId>,
    /// Name, mail address and number.
    pub profile: Profile,
}

/// Who an agent is, as answers show them. Personal data: never logged.
#[derive(Clone, PartialEq, Eq)]
pub struct Profile {
    /// The agent's name.
    pub name: String,
    /// The mail address.
    pub email: String,
    /// The number that the contact centre shows for them.
    pub agent_number: String,
}

impl fmt::Debug for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Profile(..)")
    }
}

/// An agent with everything the table holds, as an operator sees them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgentDetails {
    /// The id within the tenant.
    pub agent_id: AgentId,
    /// The state that decides what a request does to them.
    pub agent: Agent,
    /// The teams they belong to.
    pub team_ids: BTreeSet<TeamId>,
    /// The address of the current or last sign-in, if it is known.
    pub address: Option<IpAddr>,
    /// When the pending logout was requested.
    pub pending_since: Option<Timestamp>,
    /// When they were last logged out.
    pub last_logout_at: Option<Timestamp>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_profile_is_not_shown_in_debug_output() {
        let profile = Profile {
            name: "Ada".to_owned(),
            email: "ada@acme.example".to_owned(),
            agent_number: "No. 1".to_owned(),
        };
        assert_eq!(format!("{profile:?}"), "Profile(..)");
    }
}
