//! The messages of the queue `presence`: what the contact centre reports of an agent.

use std::net::IpAddr;

use domain::agents::{AgentStatus, SignInAddress, Statuses};
use domain::ids::AgentId;
use domain::limits::MAX_CLOCK_AHEAD;
use domain::presence::{EventKind, PresenceEvent};
use domain::tenant::Tenant;
use domain::text::TextError;
use domain::timestamp::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use thiserror::Error;

use super::version::{self, MessageError};

/// Why a body is not a presence event. Says what is wrong, never what the body says of the agent.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum PresenceMessageError {
    /// The body cannot be read.
    #[error(transparent)]
    Body(#[from] MessageError),
    /// `at` is not a time.
    #[error("at is not a time such as 2026-01-05T08:00:00.123Z")]
    Time,
    /// `at` is too far in the future.
    #[error("at is more than {} minutes in the future", MAX_CLOCK_AHEAD.as_secs() / 60)]
    Future,
    /// `status` is empty, too long, or has a character that no text may have.
    #[error("status {0}")]
    Status(TextError),
    /// A sign-in with the status `Offline`.
    #[error("status must not be Offline in a sign-in")]
    SignedInOffline,
}

/// An event as JSON. Keys that its kind does not use may hold anything.
#[derive(Deserialize)]
struct Body {
    tenant: Tenant,
    agent_id: AgentId,
    at: String,
    event: String,
    #[serde(default)]
    ip: Value,
    #[serde(default)]
    status: Value,
}

/// Reads the body of a message, received at `now`.
///
/// # Errors
/// See [`PresenceMessageError`].
pub fn parse(
    body: &str,
    statuses: &Statuses,
    now: Timestamp,
) -> Result<PresenceEvent, PresenceMessageError> {
    let body: Body = version::read(body)?;
    let at = Timestamp::parse_rfc3339(&body.at).ok_or(PresenceMessageError::Time)?;
    if at > now.plus(MAX_CLOCK_AHEAD) {
        return Err(PresenceMessageError::Future);
    }
    Ok(PresenceEvent {
        kind: body.kind(statuses)?,
        tenant: body.tenant,
        agent_id: body.agent_id,
        at,
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
    fn kind(&self, statuses: &Statuses) -> Result<EventKind, PresenceMessageError> {
        Ok(match self.event.as_str() {
            "signed_in" => {
                let address = self.address();
                let status = match self.status {
                    Value::Null => AgentStatus::available(),
                    _ => self.status(statuses)?,
                };
                if status.is_offline() {
                    return Err(PresenceMessageError::SignedInOffline);
                }
                EventKind::SignedIn { address, status }
            }
            "status_changed" => match self.status(statuses)? {
                status if status.is_offline() => EventKind::SignedOut,
                status => EventKind::StatusChanged(status),
            },
            "signed_out" => EventKind::SignedOut,
            _ => return Err(MessageError::Shape.into()),
        })
    }

    /// Never an error: who cannot be found by address must be found by everything else.
    fn address(&self) -> SignInAddress {
        match &self.ip {
            Value::Null => SignInAddress::Missing,
            Value::String(text) => SignInAddress::read(text),
            _ => SignInAddress::Unreadable,
        }
    }

    fn status(&self, statuses: &Statuses) -> Result<AgentStatus, PresenceMessageError> {
        let text = self.status.as_str().ok_or(MessageError::Shape)?;
        statuses.parse(text).map_err(PresenceMessageError::Status)
    }
}

#[cfg(test)]
mod tests {
    use domain::limits::MAX_STATUS_CHARS;

    use super::*;

    const NOW: &str = "2026-11-22T08:00:00Z";
    const SIGNED_IN: &str = r#"{"v":1,"tenant":"acme","agent_id":11,"at":"2026-11-22T08:00:00.123Z","event":"signed_in","ip":"34.211.11.7","status":"Available"}"#;
    const CHANGED: &str = r#"{"v":1,"tenant":"acme","agent_id":11,"at":"2026-11-22T09:00:00.123+01:00","event":"status_changed","status":"In-call"}"#;
    const SIGNED_OUT: &str =
        r#"{"event":"signed_out","at":"2026-11-22T08:00:00Z","agent_id":11,"tenant":"acme","v":1}"#;

    fn parse(body: &str) -> Result<PresenceEvent, PresenceMessageError> {
        let now = Timestamp::parse_rfc3339(NOW).unwrap();
        super::parse(body, &Statuses::default(), now)
    }

    fn status(text: &str) -> AgentStatus {
        Statuses::default().parse(text).unwrap()
    }

    #[test]
    fn a_written_event_is_read_again() {
        for body in [SIGNED_IN, CHANGED, SIGNED_OUT] {
            let event = parse(body).unwrap();
            assert_eq!(parse(&to_body(&event).unwrap()), Ok(event));
        }
        assert_eq!(to_body(&parse(SIGNED_IN).unwrap()).unwrap(), SIGNED_IN);
    }

    #[test]
    fn events_are_read() {
        let signed_in = parse(SIGNED_IN).unwrap();
        assert_eq!(
            (signed_in.tenant.as_str(), signed_in.agent_id.get()),
            ("acme", 11)
        );
        assert_eq!(
            signed_in.at.to_rfc3339().unwrap(),
            "2026-11-22T08:00:00.123Z"
        );
        let kind = EventKind::SignedIn {
            address: SignInAddress::read("34.211.11.7"),
            status: status("Available"),
        };
        assert_eq!(signed_in.kind, kind);
        let changed = parse(CHANGED).unwrap();
        assert_eq!(changed.at, signed_in.at);
        assert_eq!(changed.kind, EventKind::StatusChanged(status("In-call")));
        assert_eq!(parse(SIGNED_OUT).unwrap().kind, EventKind::SignedOut);
        for more in [r#""queue":"sales""#, r#""status":7"#, r#""ip":{}"#] {
            let more = SIGNED_OUT.replace("\"v\":1", &format!("\"v\":1,{more}"));
            assert_eq!(parse(&more), parse(SIGNED_OUT));
        }
        let offline = CHANGED.replace("In-call", "Offline");
        assert_eq!(parse(&offline).unwrap().kind, EventKind::SignedOut);
        let longest = CHANGED.replace("In-call", &"é".repeat(MAX_STATUS_CHARS));
        assert!(parse(&longest).is_ok());
        let ahead = SIGNED_OUT.replace("08:00", "08:02");
        assert!(parse(&ahead).is_ok());
    }

    #[test]
    fn a_bad_event_is_described_without_its_content() {
        let too_long = "x".repeat(MAX_STATUS_CHARS + 1);
        for (body, from, to, error) in [
            (SIGNED_IN, SIGNED_IN, "", "not JSON at line 1 column 0"),
            (
                SIGNED_IN,
                SIGNED_IN,
                "[]",
                "JSON, but not what version 1 holds",
            ),
            (
                SIGNED_IN,
                "\"v\":1",
                "\"v\":2",
                "of version 2; only 1 is known",
            ),
            (
                SIGNED_IN,
                "signed_in",
                "signed_up",
                "JSON, but not what version 1 holds",
            ),
            (
                SIGNED_IN,
                "\"signed_in\"",
                "0",
                "JSON, but not what version 1 holds",
            ),
            (
                CHANGED,
                "\"In-call\"",
                "7",
                "JSON, but not what version 1 holds",
            ),
            (
                CHANGED,
                "\"status\"",
                "\"state\"",
                "JSON, but not what version 1 holds",
            ),
            (
                SIGNED_IN,
                "acme",
                "ac#me",
                "JSON, but not what version 1 holds",
            ),
            (
                SIGNED_IN,
                ":11",
                ":\"11\"",
                "JSON, but not what version 1 holds",
            ),
            (
                SIGNED_IN,
                "Available",
                "Offline",
                "status must not be Offline in a sign-in",
            ),
            (CHANGED, "In-call", " ", "status is empty"),
            (
                CHANGED,
                "In-call",
                "Bre\\nak",
                "status has a control character or a line break (U+000A)",
            ),
            (
                CHANGED,
                "In-call",
                &too_long,
                "status has more than 64 characters",
            ),
            (
                CHANGED,
                "2026-11-22T",
                "",
                "at is not a time such as 2026-01-05T08:00:00.123Z",
            ),
            (
                CHANGED,
                "2026-11-22T09",
                "2026-11-22T10",
                "at is more than 2 minutes in the future",
            ),
        ] {
            let body = body.replace(from, to);
            assert_eq!(parse(&body).unwrap_err().to_string(), error, "{body}");
        }
    }
}
