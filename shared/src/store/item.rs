//! Items: their keys, and attribute values to and from the types of the domain.

use std::collections::HashMap;
use std::fmt::Display;

use aws_sdk_dynamodb::types::AttributeValue;

use crate::ids::{AgentId, TeamId};
use crate::tenant::Tenant;
use crate::timestamp::Timestamp;

/// What DynamoDB holds under one key.
pub(super) type Item = HashMap<String, AttributeValue>;

/// The key of an agent.
pub(super) fn agent_key(tenant: &Tenant, agent_id: AgentId) -> AttributeValue {
    AttributeValue::S(format!("{tenant}#{agent_id}"))
}

/// The agent of a key made by [`agent_key`].
pub(super) fn agent_id_of_key(key: &AttributeValue) -> Option<AgentId> {
    let (_tenant, number) = key.as_s().ok()?.split_once('#')?;
    AgentId::new(number.parse().ok()?)
}

/// The tenant of a key made by [`agent_key`].
pub(super) fn tenant_of_key(key: &AttributeValue) -> Option<Tenant> {
    let (tenant, _number) = key.as_s().ok()?.split_once('#')?;
    Tenant::parse(tenant)
}

/// The key of a team.
pub(super) fn team_key(tenant: &Tenant, team_id: TeamId) -> AttributeValue {
    AttributeValue::S(format!("{tenant}#{team_id}"))
}

/// A string.
pub(super) fn text(text: &str) -> AttributeValue {
    AttributeValue::S(text.to_owned())
}

/// A number.
pub(super) fn number(number: impl Display + Copy) -> AttributeValue {
    AttributeValue::N(number.to_string())
}

/// A time, as epoch milliseconds.
pub(super) fn epoch_ms(at: Timestamp) -> AttributeValue {
    number(at.epoch_ms())
}

/// The string of that name.
pub(super) fn read_text<'a>(item: &'a Item, name: &str) -> Option<&'a str> {
    item.get(name)?.as_s().ok().map(String::as_str)
}

/// The number of that name.
pub(super) fn read_number(item: &Item, name: &str) -> Option<u64> {
    item.get(name)?.as_n().ok()?.parse().ok()
}

/// The time of that name, held as epoch milliseconds.
pub(super) fn read_time(item: &Item, name: &str) -> Option<Timestamp> {
    let epoch_ms = item.get(name)?.as_n().ok()?.parse().ok()?;
    Some(Timestamp::from_epoch_ms(epoch_ms))
}
