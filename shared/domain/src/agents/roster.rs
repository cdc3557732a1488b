//! A roster: the agents as a contact centre hands them over.

use std::collections::BTreeMap;
use std::net::IpAddr;

use super::agent::{Profile, Session};
use super::status::AgentStatus;
use crate::ids::{AgentId, TeamId};
use crate::tenant::Tenant;

/// The agents of a roster, by tenant and id.
pub type Roster = BTreeMap<Tenant, BTreeMap<AgentId, RosterAgent>>;

/// An agent as a contact centre hands them over, before any logout.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RosterAgent {
    /// The id within the tenant.
    pub agent_id: AgentId,
    /// Name, mail address and number.
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
    /// The agent's address, if it is known.
    pub address: Option<IpAddr>,
    /// The session.
    pub session: Session,
}
