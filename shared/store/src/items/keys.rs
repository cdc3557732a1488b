//! The keys of items.

use aws_sdk_dynamodb::types::AttributeValue;
use domain::ids::{AgentId, TeamId};
use domain::tenant::Tenant;

use super::attributes::{Item, number, read_number, read_text};

/// The key of an agent.
pub(crate) fn agent_key(tenant: &Tenant, agent_id: AgentId) -> AttributeValue {
    AttributeValue::S(format!("{tenant}#{agent_id}"))
}

/// The agent of a key made by [`agent_key`].
pub(crate) fn agent_id_of_key(key: &AttributeValue) -> Option<AgentId> {
    let (_tenant, number) = key.as_s().ok()?.split_once('#')?;
    AgentId::new(number.parse().ok()?)
}

/// The tenant of a key made by [`agent_key`].
pub(crate) fn tenant_of_key(key: &AttributeValue) -> Option<Tenant> {
    let (tenant, _number) = key.as_s().ok()?.split_once('#')?;
    Tenant::parse(tenant)
}

/// The key of a team.
pub(crate) fn team_key(tenant: &Tenant, team_id: TeamId) -> AttributeValue {
    AttributeValue::S(format!("{tenant}#{team_id}"))
}

/// The item of a membership of a team, which has its key and no other attribute.
pub(crate) fn membership(tenant: &Tenant, team_id: TeamId, agent_id: AgentId) -> Item {
    Item::from([
        ("team_key".to_owned(), team_key(tenant, team_id)),
        ("agent_id".to_owned(), number(agent_id)),
    ])
}

/// The agent and the team of an item made by [`membership`].
pub(crate) fn agent_and_team_of(membership: &Item) -> Option<(AgentId, TeamId)> {
    let (_tenant, team_id) = read_text(membership, "team_key")?.split_once('#')?;
    let agent_id = AgentId::new(read_number(membership, "agent_id")?)?;
    Some((agent_id, TeamId::new(team_id.parse().ok()?)?))
}

/// The keys of agents.
pub(crate) fn agent_keys(tenant: &Tenant, agent_ids: &[AgentId]) -> Vec<Item> {
    let key = |&agent_id| Item::from([("agent_key".to_owned(), agent_key(tenant, agent_id))]);
    agent_ids.iter().map(key).collect()
}
