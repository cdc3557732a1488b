//! What the contact centre tells of an agent: signed in, doing something else, signed out.

use std::net::IpAddr;
use std::time::Duration;

use serde::Deserialize;
use serde_json::Value;
use thiserror::Error;

use crate::address;
use crate::agent::{AgentStatus, MAX_STATUS_CHARS};
use crate::ids::AgentId;
use crate::tenant::Tenant;
use crate::timestamp::Timestamp;
use crate::versioned::{self, BodyError};

/// An event may be that far in the future. Whatever comes after it by a clock that is right counts as older, so this is how
/// long a wrong clock can hold an agent's state up; those who keep time by the network are right to a second.
pub const MAX_AHEAD: Duration = Duration::from_mins(15);

/// Something an agent did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PresenceEvent {
    /// Whose agent.
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
        /// Where from.
        address: IpAddr,
        /// What they do first; not `Offline`.
        status: AgentStatus,
    },
    /// They do something else now; not `Offline`, which is [`EventKind::SignedOut`].
    StatusChanged(AgentStatus),
    /// The session ended.
    SignedOut,
}

/// A body that is no presence event. Tells what is wrong, never what is said of the agent.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum EventError {
    /// It cannot be read.
    #[error(transparent)]
    Body(#[from] BodyError),
    /// `at` is not a time.
    #[error("at is not a time such as 2026-01-05T08:00:00.123Z")]
    Time,
    /// `at` is too far in the future.
    #[error("at is more than {} minutes in the future", MAX_AHEAD.as_secs() / 60)]
    Future,
    /// `ip` is not an address.
    #[error("ip is not an IP address")]
    Address,
    /// `status` is empty or too long.
    #[error("status must have 1 to {MAX_STATUS_CHARS} characters")]
    Status,
    /// Signed in and `Offline` at once.
    #[error("nobody signs in as Offline")]
    SignedInOffline,
}

/// An event as it is written. Keys that its kind has no use for are left to the contact centre, whatever they hold.
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

impl PresenceEvent {
    /// The event of a queue body, received at `now`.
    ///
    /// # Errors
    /// See [`EventError`].
    pub fn parse(body: &str, now: Timestamp) -> Result<Self, EventError> {
        let body: Body = versioned::read(body)?;
        let at = Timestamp::parse_rfc3339(&body.at).ok_or(EventError::Time)?;
        if at > now.plus(MAX_AHEAD) {
            return Err(EventError::Future);
        }
        Ok(Self {
            kind: body.kind()?,
            tenant: body.tenant,
            agent_id: body.agent_id,
            at,
        })
    }
}

impl Body {
    fn kind(&self) -> Result<EventKind, EventError> {
        Ok(match self.event.as_str() {
            "signed_in" => {
                let ip = self.ip.as_str().ok_or(BodyError::Shape)?;
                let address = address::parse(ip).ok_or(EventError::Address)?;
                let status = self.status()?;
                if status.is_offline() {
                    return Err(EventError::SignedInOffline);
                }
                EventKind::SignedIn { address, status }
            }
            "status_changed" => match self.status()? {
                status if status.is_offline() => EventKind::SignedOut,
                status => EventKind::StatusChanged(status),
            },
            "signed_out" => EventKind::SignedOut,
            _ => return Err(BodyError::Shape.into()),
        })
    }

    fn status(&self) -> Result<AgentStatus, EventError> {
        let text = self.status.as_str().ok_or(BodyError::Shape)?;
        AgentStatus::parse(text).ok_or(EventError::Status)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: &str = "2026-11-22T08:00:00Z";
    /// As the design has it.
    const SIGNED_IN: &str = r#"{"v":1,"tenant":"acme","agent_id":11,"at":"2026-11-22T08:00:00.123Z","event":"signed_in","ip":"34.211.11.7","status":"Available"}"#;
    const CHANGED: &str = r#"{"v":1,"tenant":"acme","agent_id":11,"at":"2026-11-22T09:00:00.123+01:00","event":"status_changed","status":"In-call"}"#;
    const SIGNED_OUT: &str =
        r#"{"event":"signed_out","at":"2026-11-22T08:00:00Z","agent_id":11,"tenant":"acme","v":1}"#;

    fn parse(body: &str) -> Result<PresenceEvent, EventError> {
        PresenceEvent::parse(body, Timestamp::parse_rfc3339(NOW).unwrap())
    }

    fn status(text: &str) -> AgentStatus {
        AgentStatus::parse(text).unwrap()
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
            address: "34.211.11.7".parse().unwrap(),
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
        let ahead = SIGNED_OUT.replace("08:00", "08:15");
        assert!(parse(&ahead).is_ok());
    }

    #[test]
    fn what_is_no_event_is_told_apart_without_its_content() {
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
                "\"ip\"",
                "\"address\"",
                "JSON, but not what version 1 holds",
            ),
            (
                SIGNED_IN,
                "34.211.11.7",
                "34.211.11",
                "ip is not an IP address",
            ),
            (
                SIGNED_IN,
                "Available",
                "Offline",
                "nobody signs in as Offline",
            ),
            (
                CHANGED,
                "In-call",
                " ",
                "status must have 1 to 64 characters",
            ),
            (
                CHANGED,
                "In-call",
                &too_long,
                "status must have 1 to 64 characters",
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
                "at is more than 15 minutes in the future",
            ),
        ] {
            let body = body.replace(from, to);
            assert_eq!(parse(&body).unwrap_err().to_string(), error, "{body}");
        }
    }
}
