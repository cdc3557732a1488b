//! An agent as an item of the agents table.

use std::net::IpAddr;

use aws_sdk_dynamodb::types::AttributeValue;
use domain::agents::{Agent, PendingLogout, Profile, RequestId, RosterAgent, Session, Statuses};
use domain::ids::TeamId;
use domain::presence::{BufferedStatus, LastRequest, Presence};
use domain::tenant::Tenant;
use domain::timestamp::Timestamp;

use super::attributes::{Item, epoch_ms, number, read_text, read_time, text};
use super::ip_sort_key::{UNKNOWN_ADDRESS, ip_sort_key};
use super::keys::agent_key;

/// Reads an agent; `None` if the item has no status, which every agent has.
pub(crate) fn read(mut item: Item, statuses: &Statuses) -> Option<Agent> {
    let status = statuses.recognize(read_text(&item, "agent_status")?);
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

/// Reads the presence of an agent; `None` if the item has no status.
pub(crate) fn read_presence(item: &Item, statuses: &Statuses) -> Option<Presence> {
    Some(Presence {
        status: statuses.recognize(read_text(item, "agent_status")?),
        reported_status: read_text(item, "reported_status").map(|text| statuses.recognize(text)),
        status_at: read_time(item, "status_at"),
        session: read_time(item, "online_since"),
        signed_in_at: read_time(item, "signed_in_at"),
        buffered_status: buffered_status(item, statuses),
        pending_logout: item.get("pending_logout").and_then(pending_logout),
        last_request: item.get("last_request").and_then(last_request),
        covered_session: read_time(item, "covered_session"),
    })
}

/// The attributes of presence and their values, except those that need more than the presence: the pending logout, and the
/// last request, which no event changes.
pub(crate) fn of_presence(presence: &Presence) -> [(&'static str, Option<AttributeValue>); 7] {
    let buffered_status = presence.buffered_status.as_ref();
    [
        ("agent_status", Some(text(presence.status.as_str()))),
        (
            "reported_status",
            presence
                .reported_status
                .as_ref()
                .map(|status| text(status.as_str())),
        ),
        ("status_at", presence.status_at.map(epoch_ms)),
        ("online_since", presence.session.map(epoch_ms)),
        ("signed_in_at", presence.signed_in_at.map(epoch_ms)),
        (
            "buffered_status",
            buffered_status.map(buffered_status_value),
        ),
        ("covered_session", presence.covered_session.map(epoch_ms)),
    ]
}

/// The item of an agent from a roster.
pub(crate) fn of_roster_agent(tenant: &Tenant, agent: &RosterAgent) -> Item {
    let mut item = Item::from([
        ("agent_key".to_owned(), agent_key(tenant, agent.agent_id)),
        ("tenant".to_owned(), text(tenant.as_str())),
        ("agent_id".to_owned(), number(agent.agent_id)),
        ("agent_name".to_owned(), text(&agent.profile.name)),
        ("email".to_owned(), text(&agent.profile.email)),
        ("agent_number".to_owned(), text(&agent.profile.agent_number)),
        ("agent_status".to_owned(), text(agent.status.as_str())),
        ("reported_status".to_owned(), text(agent.status.as_str())),
    ]);
    if let Some(teams) = team_set(&agent.team_ids) {
        item.insert("team_ids".to_owned(), teams);
    }
    if let Some(sign_in) = agent.last_sign_in {
        item.insert("ip".to_owned(), ip_value(sign_in.address));
        item.insert("online_since".to_owned(), epoch_ms(sign_in.session));
    }
    item
}

/// The value of `team_ids`; `None` without teams, as DynamoDB has no empty sets.
pub(crate) fn team_set<'a>(
    team_ids: impl IntoIterator<Item = &'a TeamId>,
) -> Option<AttributeValue> {
    let teams: Vec<String> = team_ids.into_iter().map(ToString::to_string).collect();
    (!teams.is_empty()).then_some(AttributeValue::Ns(teams))
}

/// The value of `ip`, for an agent who has signed in: every such agent is in the index `by-ip`.
pub(crate) fn ip_value(address: Option<IpAddr>) -> AttributeValue {
    let key = address.map_or(UNKNOWN_ADDRESS.to_vec(), ip_sort_key);
    AttributeValue::B(key.into())
}

/// The value of `pending_logout`: a logout of `session`, deferred by `request`.
pub(crate) fn pending_logout_value(
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

/// The value of `pending_logout` when it goes over to another session, or comes back: what it was, if it is of the same
/// request, and otherwise as `accepted_at` has it.
pub(crate) fn moved_pending_logout_value(
    pending: &PendingLogout,
    before: Option<&AttributeValue>,
    accepted_at: Timestamp,
) -> AttributeValue {
    let before = before.and_then(|before| before.as_m().ok());
    let same =
        before.filter(|before| read_text(before, "request") == Some(pending.request.as_str()));
    let fresh = pending_logout_value(&pending.request, accepted_at, pending.session);
    let mut map = match (same, fresh) {
        (Some(same), _) => same.clone(),
        (None, AttributeValue::M(fresh)) => fresh,
        (None, _) => Item::new(),
    };
    map.insert("online_since".to_owned(), epoch_ms(pending.session));
    match pending.carried_since {
        Some(since) => map.insert("carried_since".to_owned(), epoch_ms(since)),
        None => map.remove("carried_since"),
    };
    AttributeValue::M(map)
}

/// The value of `last_request`: the request that touches the agent now.
pub(crate) fn last_request_value(request: &RequestId, accepted_at: Timestamp) -> AttributeValue {
    AttributeValue::M(Item::from([
        ("request".to_owned(), text(request.as_str())),
        ("accepted_at".to_owned(), epoch_ms(accepted_at)),
    ]))
}

/// The value of `last_logout`: logged out by `request`.
pub(crate) fn last_logout_value(request: &RequestId, at: Timestamp) -> AttributeValue {
    AttributeValue::M(Item::from([
        ("request".to_owned(), text(request.as_str())),
        ("at".to_owned(), epoch_ms(at)),
    ]))
}

fn buffered_status_value(buffered: &BufferedStatus) -> AttributeValue {
    AttributeValue::M(Item::from([
        ("agent_status".to_owned(), text(buffered.status.as_str())),
        ("at".to_owned(), epoch_ms(buffered.at)),
    ]))
}

fn buffered_status(item: &Item, statuses: &Statuses) -> Option<BufferedStatus> {
    let buffered = item.get("buffered_status")?.as_m().ok()?;
    Some(BufferedStatus {
        status: statuses.recognize(read_text(buffered, "agent_status")?),
        at: read_time(buffered, "at")?,
    })
}

/// A pending logout must name its session. Anything else was set by another writer; it is ignored, and overwritten.
fn pending_logout(value: &AttributeValue) -> Option<PendingLogout> {
    let pending = value.as_m().ok()?;
    Some(PendingLogout {
        request: RequestId::new(read_text(pending, "request").unwrap_or_default()),
        session: read_time(pending, "online_since")?,
        carried_since: read_time(pending, "carried_since"),
    })
}

fn last_request(value: &AttributeValue) -> Option<LastRequest> {
    let last = value.as_m().ok()?;
    Some(LastRequest {
        request: RequestId::new(read_text(last, "request")?),
        accepted_at: read_time(last, "accepted_at")?,
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
