//! The envelopes that Amazon SNS and Amazon EventBridge put around an event on its way to a queue.

use std::borrow::Cow;

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::Value;

use crate::json_object::KeyError;

/// The maximum number of envelopes around each other: a rule of EventBridge, a topic of SNS, a queue.
const MAX_ENVELOPES: usize = 2;

/// The keys that tell an envelope from an event. An event has `v`.
#[derive(Deserialize)]
struct Envelope {
    v: Option<IgnoredAny>,
    /// Of SNS: `Notification`, or a message about the subscription.
    #[serde(rename = "Type")]
    kind: Option<Value>,
    /// Of SNS: what was published, as text.
    #[serde(rename = "Message")]
    message: Option<Value>,
    /// Of EventBridge.
    #[serde(rename = "detail-type")]
    detail_type: Option<IgnoredAny>,
    /// Of EventBridge: what was put on the bus.
    detail: Option<Value>,
}

/// The body without its envelopes and byte order marks.
///
/// # Errors
/// A message of SNS that is no notification: about a subscription that is not confirmed, say.
pub(super) fn unwrapped(body: &str) -> Result<Cow<'_, str>, KeyError> {
    let mut body = Cow::Borrowed(without_byte_order_mark(body));
    for _ in 0..MAX_ENVELOPES {
        match content(&body)? {
            Some(content) => body = Cow::Owned(without_byte_order_mark(&content).to_owned()),
            None => break,
        }
    }
    Ok(body)
}

/// What is in the envelope; `None` if the body is in no envelope. Other mistakes are reported by the reader of the event.
fn content(body: &str) -> Result<Option<String>, KeyError> {
    let Some(envelope) = envelope(body) else {
        return Ok(None);
    };
    match (envelope.kind, envelope.message) {
        (Some(kind), Some(Value::String(message))) if kind == "Notification" => {
            return Ok(Some(message));
        }
        (Some(_), Some(_)) => return Err(KeyError::new("Type", "expected Notification")),
        _ => {}
    }
    let is_of_event_bridge = envelope.detail_type.is_some();
    let detail = envelope
        .detail
        .filter(|detail| is_of_event_bridge && detail.is_object());
    Ok(detail.map(|detail| detail.to_string()))
}

fn envelope(body: &str) -> Option<Envelope> {
    if !body.trim_start().starts_with('{') {
        return None;
    }
    let envelope: Envelope = serde_json::from_str(body).ok()?;
    envelope.v.is_none().then_some(envelope)
}

fn without_byte_order_mark(text: &str) -> &str {
    text.strip_prefix('\u{feff}').unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const EVENT: &str = r#"{"v":1,"event":"signed_out"}"#;

    fn of_sns(text: &str) -> String {
        json!({ "Type": "Notification", "MessageId": "1", "TopicArn": "arn", "Message": text })
            .to_string()
    }

    fn of_event_bridge(text: &str) -> String {
        let detail: Value = serde_json::from_str(text).unwrap();
        json!({ "version": "0", "id": "1", "detail-type": "Presence", "source": "acme", "detail": detail })
            .to_string()
    }

    #[test]
    fn an_event_is_taken_out_of_its_envelopes() {
        for body in [
            EVENT.to_owned(),
            format!("\u{feff}{EVENT}"),
            of_sns(EVENT),
            of_sns(&format!("\u{feff}{EVENT}")),
            format!("\u{feff}{}", of_sns(EVENT)),
            of_event_bridge(EVENT),
            of_sns(&of_event_bridge(EVENT)),
        ] {
            let read = unwrapped(&body).unwrap();
            let read: Value = serde_json::from_str(&read).unwrap();
            let event: Value = serde_json::from_str(EVENT).unwrap();
            assert_eq!(read, event, "{body}");
        }
    }

    #[test]
    fn what_is_no_envelope_stays_as_it_is() {
        for body in [
            "",
            "secret",
            "[]",
            r#"[null,"Notification","{}",null,null]"#,
            r#"{"Type":"Notification"}"#,
            r#"{"detail-type":"Presence","detail":"secret"}"#,
            r#"{"detail":{}}"#,
            // An event whose other keys are named like those of an envelope.
            r#"{"v":1,"Type":"Notification","Message":"secret"}"#,
            r#"{"v":1,"detail-type":"secret","detail":{}}"#,
        ] {
            assert_eq!(unwrapped(body).unwrap(), body);
        }
    }

    #[test]
    fn the_number_of_envelopes_is_bounded() {
        let two = of_sns(&of_event_bridge(EVENT));
        assert_eq!(unwrapped(&of_sns(&two)).unwrap(), of_event_bridge(EVENT));
    }

    #[test]
    fn a_message_about_a_subscription_is_no_event() {
        for (kind, message) in [
            (json!("SubscriptionConfirmation"), json!("secret")),
            (json!(7), json!("secret")),
            (json!("Notification"), json!({})),
        ] {
            let body = json!({ "Type": kind, "Message": message }).to_string();
            let error = unwrapped(&body).unwrap_err().to_string();
            assert_eq!(error, "Type: expected Notification");
        }
    }
}
