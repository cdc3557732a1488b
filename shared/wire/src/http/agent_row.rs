//! The row of an agent in the answer to a request.

use std::borrow::Cow;

use domain::agents::{AgentStatus, Profile};
use domain::ids::AgentId;
use serde::{Deserialize, Serialize};

/// The message of a deferred agent (the HTTP contract).
const WILL_LOG_OUT: &str = "will force logout as soon as the ongoing call/chat is completed";

/// An agent who was logged out, or will be. Holds personal data, so it has no `Debug`.
#[derive(PartialEq, Eq, Serialize, Deserialize)]
pub struct AgentRow {
    /// The agent.
    pub agent_id: AgentId,
    /// Their name.
    pub name: String,
    /// Their mail address.
    pub email: String,
    /// The number that the contact centre shows for them.
    pub agent_number: String,
    /// Their status before the request.
    pub previous_status: String,
    /// Their status after it.
    pub current_status: String,
    /// Only in the row of a deferred agent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<Cow<'static, str>>,
}

impl AgentRow {
    /// An agent who had `status` and is logged out.
    #[must_use]
    pub fn logged_out(agent_id: AgentId, profile: Profile, status: &AgentStatus) -> Self {
        let offline = AgentStatus::OFFLINE.to_owned();
        Self::new(agent_id, profile, status, offline, None)
    }

    /// An agent who has `status`, and will be logged out when their call or chat ends.
    #[must_use]
    pub fn deferred(agent_id: AgentId, profile: Profile, status: &AgentStatus) -> Self {
        let unchanged = status.as_str().to_owned();
        Self::new(agent_id, profile, status, unchanged, Some(WILL_LOG_OUT))
    }

    /// True for the row of a deferred agent.
    #[must_use]
    pub fn is_deferred(&self) -> bool {
        self.message.is_some()
    }

    fn new(
        agent_id: AgentId,
        profile: Profile,
        status: &AgentStatus,
        current_status: String,
        message: Option<&'static str>,
    ) -> Self {
        Self {
            agent_id,
            name: profile.name,
            email: profile.email,
            agent_number: profile.agent_number,
            previous_status: status.as_str().to_owned(),
            current_status,
            message: message.map(Cow::Borrowed),
        }
    }
}
