use domain::limits::MAX_STATUS_CHARS;
use serde_json::json;

use super::*;

const NOW: &str = "2026-11-22T08:00:00Z";
const SIGNED_IN: &str = r#"{"v":1,"tenant":"acme","agent_id":11,"at":"2026-11-22T08:00:00.123Z","event":"signed_in","ip":"34.211.11.7","status":"Available"}"#;
const CHANGED: &str = r#"{"v":1,"tenant":"acme","agent_id":11,"at":"2026-11-22T09:00:00.123+01:00","event":"status_changed","status":"In-call"}"#;
const SIGNED_OUT: &str =
    r#"{"event":"signed_out","at":"2026-11-22T08:00:00Z","agent_id":11,"tenant":"acme","v":1}"#;

fn parse(body: &str) -> Result<PresenceEvent, MessageError> {
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
fn a_sign_in_may_have_neither_address_nor_status() {
    let sign_in = |rest: &str| {
        let without = SIGNED_IN.replace(r#","ip":"34.211.11.7","status":"Available""#, rest);
        parse(&without).map(|event| event.kind)
    };
    let kind = |address| EventKind::SignedIn {
        address,
        status: status("Available"),
    };
    for (rest, address) in [
        ("", SignInAddress::Missing),
        (r#","ip":null,"status":null"#, SignInAddress::Missing),
        (r#","ip":"-""#, SignInAddress::Missing),
        (r#","ip":"office""#, SignInAddress::Unreadable),
        (r#","ip":["34.211.11.7"]"#, SignInAddress::Unreadable),
        (r#","ip":"10.0.0.1:51008""#, SignInAddress::read("10.0.0.1")),
    ] {
        assert_eq!(sign_in(rest), Ok(kind(address)), "{rest}");
    }
}

#[test]
fn an_event_is_read_in_the_envelopes_of_sns_and_event_bridge() {
    let event: Value = serde_json::from_str(SIGNED_IN).unwrap();
    let of_bus = json!({ "version": "0", "detail-type": "Presence", "detail": event });
    for text in [SIGNED_IN.to_owned(), of_bus.to_string()] {
        let of_topic = json!({ "Type": "Notification", "Message": text }).to_string();
        for body in [of_topic, format!("\u{feff}{text}")] {
            assert_eq!(parse(&body), parse(SIGNED_IN), "{body}");
        }
    }
}

#[test]
fn a_bad_event_is_described_by_its_key_and_without_its_content() {
    let too_long = "x".repeat(MAX_STATUS_CHARS + 1);
    let id = "agent_id: expected an integer from 1 to 9007199254740991";
    let kinds = "event: expected signed_in, status_changed or signed_out";
    let time = "at: expected a time such as 2026-01-05T08:00:00.123Z";
    let control = "status: the text has a control character or a line break (U+000A)";
    for (body, from, to, error) in [
        (SIGNED_IN, SIGNED_IN, "", "not JSON at line 1 column 0"),
        (SIGNED_IN, SIGNED_IN, "[]", "not a JSON object"),
        (SIGNED_IN, "\"v\":1,", "", "v: missing"),
        (SIGNED_IN, ":1,", ":\"1\",", "v: expected 1"),
        (SIGNED_IN, ":1,", ":2,", "of version 2; only 1 is known"),
        (SIGNED_IN, "signed_in", "signed_up", kinds),
        (SIGNED_IN, "\"signed_in\"", "0", kinds),
        (SIGNED_IN, "\"event\"", "\"kind\"", "event: missing"),
        (CHANGED, "\"In-call\"", "7", "status: expected a text"),
        (CHANGED, "\"In-call\"", "null", "status: missing"),
        (CHANGED, "\"status\"", "\"state\"", "status: missing"),
        (
            SIGNED_IN,
            "acme",
            "ac#me",
            "tenant: expected a subdomain: a-z, 0-9 and inner hyphens",
        ),
        (SIGNED_IN, ":11", ":\"11\"", id),
        (SIGNED_IN, ":11", ":0", id),
        (SIGNED_IN, "\"agent_id\":11,", "", "agent_id: missing"),
        (
            SIGNED_IN,
            ":11",
            ":11,\"agent_id\":12",
            "agent_id: given twice",
        ),
        (
            SIGNED_IN,
            "Available",
            "Offline",
            "status: must not be Offline in a sign-in",
        ),
        (CHANGED, "In-call", " ", "status: the text is empty"),
        (CHANGED, "In-call", "Bre\\nak", control),
        (
            CHANGED,
            "In-call",
            &too_long,
            "status: the text has more than 64 characters",
        ),
        (CHANGED, "2026-11-22T", "", time),
        (
            SIGNED_IN,
            "\"2026-11-22T08:00:00.123Z\"",
            "1795334400123",
            time,
        ),
        (SIGNED_IN, "\"at\"", "\"time\"", "at: missing"),
        (
            CHANGED,
            "2026-11-22T09",
            "2026-11-22T10",
            "at: more than 2 minutes in the future",
        ),
    ] {
        let body = body.replace(from, to);
        assert_eq!(parse(&body).unwrap_err().to_string(), error, "{body}");
    }
}
