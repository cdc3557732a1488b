//! Agents to add to a tenant.

use domain::agents::{Profile, RosterAgent, SignIn, Statuses};
use domain::ids::{AgentId, TeamId};
use domain::timestamp::Timestamp;

/// When they signed in: an hour before the tests begin.
pub const SIGNED_IN: &str = "2026-11-22T07:00:00Z";

/// An agent whose session began an hour before the tests, at address 10.0.0.1.
#[must_use]
pub fn agent(agent_id: u64, status: &str, team_ids: &[u64]) -> RosterAgent {
    agent_at(agent_id, status, team_ids, "10.0.0.1")
}

/// An agent whose session began an hour before the tests, at an address.
#[must_use]
pub fn agent_at(agent_id: u64, status: &str, team_ids: &[u64], address: &str) -> RosterAgent {
    RosterAgent {
        agent_id: AgentId::new(agent_id).unwrap(),
        profile: Profile {
            name: format!("Name {agent_id}"),
            email: format!("{agent_id}@example.com"),
            agent_number: format!("Agent No.{agent_id}"),
        },
        team_ids: team_ids
            .iter()
            .map(|id| TeamId::new(*id).unwrap())
            .collect(),
        status: Statuses::default().parse(status).unwrap(),
        last_sign_in: Some(SignIn {
            address: Some(address.parse().unwrap()),
            session: Timestamp::parse_rfc3339(SIGNED_IN).unwrap(),
        }),
    }
}
