//! An agent as an item of the agents table.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;

use crate::address;
use crate::agent::{Agent, AgentStatus, PendingLogout, Profile, RequestId, RosterAgent, Session};
use crate::ids::AgentId;
use crate::tenant::Tenant;
use crate::timestamp::Timestamp;

/// What DynamoDB holds under one key.
pub(super) type Item = HashMap<String, AttributeValue>;

/// The key of an agent: `{tenant}#{agent_id}`.
pub(super) fn agent_key(tenant: &Tenant, agent_id: AgentId) -> String {
    format!("{tenant}#{agent_id}")
}

/// The agent of a key made by [`agent_key`].
pub(super) fn agent_id_of_key(key: &str) -> Option<AgentId> {
    let (_tenant, number) = key.split_once('#')?;
    AgentId::new(number.parse().ok()?)
}

/// Reads an item; `None` if it has no status, which no agent lacks.
pub(super) fn read(mut item: Item) -> Option<Agent> {
    let status = AgentStatus::stored(take_string(&mut item, "agent_status")?);
    Some(Agent {
        status,
        session: item.get("online_since").and_then(time),
        pending_logout: item.get("pending_logout").and_then(pending_logout),
        last_logout: item.get("last_logout").and_then(last_logout),
        profile: Profile {
            name: take_string(&mut item, "agent_name").unwrap_or_default(),
            email: take_string(&mut item, "email").unwrap_or_default(),
            agent_number: take_string(&mut item, "agent_number").unwrap_or_default(),
        },
    })
}

/// The item of an agent from a roster.
pub(super) fn of_roster_agent(tenant: &Tenant, agent: &RosterAgent) -> Item {
    let string = |text: &str| AttributeValue::S(text.to_owned());
    let mut item = Item::from([
        (
            "agent_key".to_owned(),
            AttributeValue::S(agent_key(tenant, agent.agent_id)),
        ),
        ("tenant".to_owned(), string(tenant.as_str())),
        (
            "agent_id".to_owned(),
            AttributeValue::N(agent.agent_id.to_string()),
        ),
        ("agent_name".to_owned(), string(&agent.profile.name)),
        ("email".to_owned(), string(&agent.profile.email)),
        (
            "agent_number".to_owned(),
            string(&agent.profile.agent_number),
        ),
        ("agent_status".to_owned(), string(agent.status.as_str())),
    ]);
    // DynamoDB has no empty sets.
    if !agent.team_ids.is_empty() {
        let teams = agent.team_ids.iter().map(ToString::to_string).collect();
        item.insert("team_ids".to_owned(), AttributeValue::Ns(teams));
    }
    if let Some((address, session)) = agent.seen {
        item.insert(
            "ip".to_owned(),
            AttributeValue::B(address::sort_key(address).into()),
        );
        item.insert("online_since".to_owned(), epoch_ms(session));
    }
    item
}

/// The value of `pending_logout`: a logout for `session`, asked for by `request`.
pub(super) fn pending_logout_value(
    request: &RequestId,
    at: Timestamp,
    session: Session,
) -> AttributeValue {
    AttributeValue::M(HashMap::from([
        (
            "request".to_owned(),
            AttributeValue::S(request.as_str().to_owned()),
        ),
        ("requested_at".to_owned(), epoch_ms(at)),
        ("online_since".to_owned(), epoch_ms(session)),
    ]))
}

/// The value of `last_logout`: logged out by `request`.
pub(super) fn last_logout_value(request: &RequestId, at: Timestamp) -> AttributeValue {
    AttributeValue::M(HashMap::from([
        (
            "request".to_owned(),
            AttributeValue::S(request.as_str().to_owned()),
        ),
        ("at".to_owned(), epoch_ms(at)),
    ]))
}

/// A time as DynamoDB holds it: epoch milliseconds.
pub(super) fn epoch_ms(at: Timestamp) -> AttributeValue {
    AttributeValue::N(at.epoch_ms().to_string())
}

fn pending_logout(value: &AttributeValue) -> Option<PendingLogout> {
    let mark = value.as_m().ok()?;
    Some(PendingLogout {
        request: request(mark)?,
        session: mark.get("online_since").and_then(time)?,
    })
}

fn last_logout(value: &AttributeValue) -> Option<RequestId> {
    value.as_m().ok().and_then(request)
}

fn request(map: &Item) -> Option<RequestId> {
    map.get("request")?.as_s().ok().map(RequestId::new)
}

fn time(value: &AttributeValue) -> Option<Timestamp> {
    value
        .as_n()
        .ok()?
        .parse()
        .ok()
        .map(Timestamp::from_epoch_ms)
}

fn take_string(item: &mut Item, name: &str) -> Option<String> {
    match item.remove(name) {
        Some(AttributeValue::S(text)) => Some(text),
        _ => None,
    }
}
