//! A presence event: what the contact centre reports of an agent.

use crate::agents::{AgentStatus, SignInAddress};
use crate::ids::AgentId;
use crate::tenant::Tenant;
use crate::timestamp::Timestamp;

/// Something that an agent did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PresenceEvent {
    /// The tenant.
    pub tenant: Tenant,
    /// The agent.
    pub agent_id: AgentId,
    /// When, by the contact centre's clock.
    pub at: Timestamp,
    /// What.
    pub kind: EventKind,
}

/// What an agent did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EventKind {
    /// A session began.
    SignedIn {
        /// The address that they signed in from.
        address: SignInAddress,
        /// The first status; never `Offline`.
        status: AgentStatus,
    },
    /// Their status changed; never to `Offline`, which is [`EventKind::SignedOut`].
    StatusChanged(AgentStatus),
    /// The session ended.
    SignedOut,
}
