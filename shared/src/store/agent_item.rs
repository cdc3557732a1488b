//! An agent as an item of the agents table.

use aws_sdk_dynamodb::types::AttributeValue;

use super::item::{Item, agent_key, epoch_ms, number, read_text, read_time, text};
use crate::address;
use crate::agent::{Agent, AgentStatus, PendingLogout, Profile, RequestId, RosterAgent, Session};
use crate::tenant::Tenant;
use crate::timestamp::Timestamp;

/// Reads an item; `None` if it has no status, which no agent lacks.
pub(super) fn read(mut item: Item) -> Option<Agent> {
    let status = AgentStatus::stored(take_text(&mut item, "agent_status")?);
    Some(Agent {
        status,
        session: read_time(&item, "online_since"),
        pending_logout: item.get("pending_logout").and_then(pending_logout),
        last_logout: item.get("last_logout").and_then(last_logout),
        profile: Profile {
            name: take_text(&mut item, "agent_name").unwrap_or_default(),
            email: take_text(&mut item, "email").unwrap_or_default(),
            agent_number: take_text(&mut item, "agent_number").unwrap_or_default(),
        },
    })
}

/// The item of an agent from a roster.
pub(super) fn of_roster_agent(tenant: &Tenant, agent: &RosterAgent) -> Item {
    let mut item = Item::from([
        ("agent_key".to_owned(), agent_key(tenant, agent.agent_id)),
        ("tenant".to_owned(), text(tenant.as_str())),
        ("agent_id".to_owned(), number(agent.agent_id)),
        ("agent_name".to_owned(), text(&agent.profile.name)),
        ("email".to_owned(), text(&agent.profile.email)),
        ("agent_number".to_owned(), text(&agent.profile.agent_number)),
        ("agent_status".to_owned(), text(agent.status.as_str())),
    ]);
    // DynamoDB has no empty sets.
    if !agent.team_ids.is_empty() {
        let teams = agent.team_ids.iter().map(ToString::to_string).collect();
        item.insert("team_ids".to_owned(), AttributeValue::Ns(teams));
    }
    if let Some(sign_in) = agent.last_sign_in {
        let ip = address::sort_key(sign_in.address);
        item.insert("ip".to_owned(), AttributeValue::B(ip.into()));
        item.insert("online_since".to_owned(), epoch_ms(sign_in.session));
    }
    item
}

/// The value of `pending_logout`: a logout for `session`, asked for by `request`.
pub(super) fn pending_logout_value(
    request: &RequestId,
    at: Timestamp,
    session: Session,
) -> AttributeValue {
    AttributeValue::M(Item::from([
        ("request".to_owned(), text(request.as_str())),
        ("requested_at".to_owned(), epoch_ms(at)),
        ("online_since".to_owned(), epoch_ms(session)),
    ]))
}

/// The value of `last_logout`: logged out by `request`.
pub(super) fn last_logout_value(request: &RequestId, at: Timestamp) -> AttributeValue {
    AttributeValue::M(Item::from([
        ("request".to_owned(), text(request.as_str())),
        ("at".to_owned(), epoch_ms(at)),
    ]))
}

/// A mark is there if it names a session; what a foreign hand wrote otherwise is none, and is written over.
fn pending_logout(value: &AttributeValue) -> Option<PendingLogout> {
    let mark = value.as_m().ok()?;
    Some(PendingLogout {
        request: RequestId::new(read_text(mark, "request").unwrap_or_default()),
        session: read_time(mark, "online_since")?,
    })
}

fn last_logout(value: &AttributeValue) -> Option<RequestId> {
    read_text(value.as_m().ok()?, "request").map(RequestId::new)
}

fn take_text(item: &mut Item, name: &str) -> Option<String> {
    match item.remove(name) {
        Some(AttributeValue::S(text)) => Some(text),
        _ => None,
    }
}
