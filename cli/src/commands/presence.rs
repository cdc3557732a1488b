//! `presence send`: sends a presence event, as the contact centre does.

use anyhow::Result;
use clap::error::ErrorKind;
use domain::agents::{SignInAddress, Statuses};
use domain::presence::{EventKind, PresenceEvent};
use domain::timestamp::Timestamp;
use serde_json::{Value, json};
use wire::messages::presence_message;

use crate::arguments::presence::PresenceEventCommand;
use crate::aws::presence_queue;
use crate::clock;
use crate::settings::tenant::tenant;
use crate::terminal::output::{print, print_json, printable};
use crate::terminal::times::Times;

/// Checks an event, and sends it.
pub async fn send(command: &PresenceEventCommand) -> Result<()> {
    let (agent_id, kind, args) = match command {
        PresenceEventCommand::SignedIn(args) => {
            let kind = EventKind::SignedIn {
                address: args.ip.map_or(SignInAddress::Missing, SignInAddress::Known),
                status: args.status.clone(),
            };
            (args.agent, kind, &args.event)
        }
        PresenceEventCommand::Status(args) => {
            let kind = EventKind::StatusChanged(args.status.clone());
            (args.agent, kind, &args.event)
        }
        PresenceEventCommand::SignedOut(args) => (args.agent, EventKind::SignedOut, &args.event),
    };
    let now = clock::now();
    let event = PresenceEvent {
        tenant: tenant(&args.tenant)?,
        agent_id,
        at: args.at.unwrap_or(now),
        kind,
    };
    let (body, event) = write_and_read(&event, now)?;
    let message_id = presence_queue::send(&args.queue, &body).await?;
    if args.json {
        let event: Value = serde_json::from_str(&body)?;
        return print_json(&json!({ "event": event, "message_id": message_id }));
    }
    let times = Times::of(&args.times);
    print(&format!("sent: {}", printable(&sentence(&event, &times))))
}

/// The body of the message, and the event as the function `presence` reads it.
///
/// # Errors
/// The function would refuse the event, so it was given wrongly on the command line.
fn write_and_read(
    event: &PresenceEvent,
    now: Timestamp,
) -> Result<(String, PresenceEvent), clap::Error> {
    let refused = |reason: &str| {
        let message = format!("invalid event: {reason}\n");
        clap::Error::raw(ErrorKind::ValueValidation, message)
    };
    let body = presence_message::to_body(event);
    let body = body.ok_or_else(|| refused("at: after the year 9999"))?;
    match presence_message::parse(&body, &Statuses::default(), now) {
        Ok(event) => Ok((body, event)),
        Err(error) => Err(refused(&error.to_string())),
    }
}

fn sentence(event: &PresenceEvent, times: &Times) -> String {
    let since = times.show(event.at);
    let state = match &event.kind {
        EventKind::SignedIn { address, status } => {
            let from = address.known().map(|address| format!(" from {address}"));
            let from = from.unwrap_or_default();
            format!("signed in{from}, {}", status.as_str())
        }
        EventKind::StatusChanged(status) => status.as_str().to_owned(),
        EventKind::SignedOut => "signed out".to_owned(),
    };
    format!("agent {} is {state} since {since}", event.agent_id)
}

#[cfg(test)]
mod tests {
    use domain::ids::AgentId;
    use domain::tenant::Tenant;

    use super::*;

    const NOW: &str = "2026-01-05T08:00:00Z";

    fn result(at: &str, kind: EventKind) -> String {
        let time = |text| Timestamp::parse_rfc3339(text).unwrap();
        let event = PresenceEvent {
            tenant: Tenant::parse("acme").unwrap(),
            agent_id: AgentId::new(16).unwrap(),
            at: time(at),
            kind,
        };
        match write_and_read(&event, time(NOW)) {
            Ok((_, event)) => sentence(&event, &Times::Utc),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn an_event_is_described_as_the_function_reads_it() {
        let status = |text| Statuses::default().parse(text).unwrap();
        let signed_in = |text| EventKind::SignedIn {
            address: SignInAddress::Known("34.211.12.16".parse().unwrap()),
            status: status(text),
        };
        for (kind, expected) in [
            (
                signed_in("Available"),
                "agent 16 is signed in from 34.211.12.16, Available since 2026-01-05T08:00:00.000Z",
            ),
            (
                EventKind::SignedIn {
                    address: SignInAddress::Missing,
                    status: status("lunch"),
                },
                "agent 16 is signed in, lunch since 2026-01-05T08:00:00.000Z",
            ),
            (
                EventKind::StatusChanged(status("In-call")),
                "agent 16 is In-call since 2026-01-05T08:00:00.000Z",
            ),
            (
                EventKind::StatusChanged(status("Offline")),
                "agent 16 is signed out since 2026-01-05T08:00:00.000Z",
            ),
            (
                EventKind::SignedOut,
                "agent 16 is signed out since 2026-01-05T08:00:00.000Z",
            ),
        ] {
            assert_eq!(result(NOW, kind), expected);
        }
        let offline = result(NOW, signed_in("Offline"));
        assert!(offline.contains("invalid event: status"), "{offline}");
    }

    #[test]
    fn an_event_of_the_future_is_refused() {
        for at in ["2026-01-05T08:02:00.001Z", "9999-12-31T23:00:00-02:00"] {
            let refused = result(at, EventKind::SignedOut);
            assert!(refused.contains("invalid event: at: "), "{refused}");
        }
        let accepted = result("2026-01-05T08:02:00Z", EventKind::SignedOut);
        assert!(accepted.starts_with("agent 16 is signed out"), "{accepted}");
    }
}
