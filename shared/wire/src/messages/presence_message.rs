//! The messages of the queue `presence`: what the contact centre reports of an agent.

use std::net::IpAddr;

use domain::agents::{AgentStatus, SignInAddress, Statuses};
use domain::ids::AgentId;
use domain::limits::MAX_CLOCK_AHEAD;
use domain::presence::{EventKind, PresenceEvent};
use domain::tenant::Tenant;
use domain::timestamp::Timestamp;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use super::envelope;
use super::version::{self, MessageError};
use crate::json_object::{self, KeyError};

/// An event as JSON. Keys that its kind does not use may hold anything.
#[derive(Deserialize)]
struct Body {
    #[serde(deserialize_with = "json_object::tenant")]
    tenant: Tenant,
    agent_id: AgentId,
    #[serde(deserialize_with = "time")]
    at: Timestamp,
    #[serde(deserialize_with = "event_name")]
    event: EventName,
    #[serde(default)]
    ip: Value,
    #[serde(default)]
    status: Value,
}

/// The kinds of events.
#[derive(Clone, Copy)]
enum EventName {
    SignedIn,
    StatusChanged,
    SignedOut,
}

/// Reads the body of a message, received at `now`. The envelopes of SNS and EventBridge and a byte order mark are skipped.
///
/// # Errors
/// What is wrong, and with which key; never what the body says of the agent.
pub fn parse(
    body: &str,
    statuses: &Statuses,
    now: Timestamp,
) -> Result<PresenceEvent, MessageError> {
    let body = envelope::unwrapped(body)?;
    let body: Body = version::read(&body)?;
    if body.at > now.plus(MAX_CLOCK_AHEAD) {
        let minutes = MAX_CLOCK_AHEAD.as_secs() / 60;
        let reason = format!("more than {minutes} minutes in the future");
        return Err(KeyError::new("at", reason).into());
    }
    Ok(PresenceEvent {
        kind: body.kind(statuses)?,
        tenant: body.tenant,
        agent_id: body.agent_id,
        at: body.at,
    })
}

/// The body to send; `None` for a time beyond the year 9999.
#[must_use]
pub fn to_body(event: &PresenceEvent) -> Option<String> {
    let (name, ip, status) = match &event.kind {
        EventKind::SignedIn { address, status } => ("signed_in", address.known(), Some(status)),
        EventKind::StatusChanged(status) => ("status_changed", None, Some(status)),
        EventKind::SignedOut => ("signed_out", None, None),
    };
    Some(version::write(&WrittenBody {
        tenant: &event.tenant,
        agent_id: event.agent_id,
        at: event.at.to_rfc3339()?,
        event: name,
        ip,
        status: status.map(AgentStatus::as_str),
    }))
}

/// An event as this service writes it.
#[derive(Serialize)]
struct WrittenBody<'e> {
    tenant: &'e Tenant,
    agent_id: AgentId,
    at: String,
    event: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    ip: Option<IpAddr>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<&'e str>,
}

impl Body {
    fn kind(&self, statuses: &Statuses) -> Result<EventKind, KeyError> {
        Ok(match self.event {
            EventName::SignedIn => EventKind::SignedIn {
                address: self.address(),
                status: self.first_status(statuses)?,
            },
            EventName::StatusChanged => match self.status(statuses)? {
                status if status.is_offline() => EventKind::SignedOut,
                status => EventKind::StatusChanged(status),
            },
            EventName::SignedOut => EventKind::SignedOut,
        })
    }

    /// Never an error: an agent who cannot be found by address must be found by everything else.
    fn address(&self) -> SignInAddress {
        match &self.ip {
            Value::Null => SignInAddress::Missing,
            Value::String(text) => SignInAddress::read(text),
            _ => SignInAddress::Unreadable,
        }
    }

    fn first_status(&self, statuses: &Statuses) -> Result<AgentStatus, KeyError> {
        if self.status.is_null() {
            return Ok(AgentStatus::available());
        }
        let status = self.status(statuses)?;
        if status.is_offline() {
            return Err(KeyError::new("status", "must not be Offline in a sign-in"));
        }
        Ok(status)
    }

    fn status(&self, statuses: &Statuses) -> Result<AgentStatus, KeyError> {
        let wrong = |reason: String| KeyError::new("status", reason);
        match &self.status {
            Value::Null => Err(wrong("missing".to_owned())),
            Value::String(text) => statuses
                .parse(text)
                .map_err(|reason| wrong(format!("the text {reason}"))),
            _ => Err(wrong("expected a text".to_owned())),
        }
    }
}

fn time<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Timestamp, D::Error> {
    let expected = "a time such as 2026-01-05T08:00:00.123Z";
    json_object::text(deserializer, expected, Timestamp::parse_rfc3339)
}

fn event_name<'de, D: Deserializer<'de>>(deserializer: D) -> Result<EventName, D::Error> {
    let expected = "signed_in, status_changed or signed_out";
    json_object::text(deserializer, expected, |name| match name {
        "signed_in" => Some(EventName::SignedIn),
        "status_changed" => Some(EventName::StatusChanged),
        "signed_out" => Some(EventName::SignedOut),
        _ => None,
    })
}

#[cfg(test)]
mod tests;
