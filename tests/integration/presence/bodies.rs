//! Bodies of events as they arrive over other services of AWS.

use serde_json::{Value, json};
use tests::presence_messages::status_changed;

use super::events::stack_with_idle_agent;

/// What SNS delivers to a queue without raw message delivery.
fn of_topic(text: &str) -> String {
    let topic = "arn:aws:sns:eu-west-1:123456789012:presence";
    json!({ "Type": "Notification", "MessageId": "1", "TopicArn": topic, "Message": text })
        .to_string()
}

/// What a rule of EventBridge delivers to its target.
fn of_bus(event: &str) -> String {
    let event: Value = serde_json::from_str(event).unwrap();
    json!({ "version": "0", "id": "1", "detail-type": "Presence", "source": "acme.presence", "detail": event })
        .to_string()
}

#[tokio::test]
async fn an_event_is_applied_in_whatever_it_is_wrapped() {
    let event = status_changed("07:30:00", "lunch");
    for body in [
        format!("\u{feff}{event}"),
        of_topic(&event),
        of_topic(&format!("\u{feff}{event}")),
        of_bus(&event),
        of_topic(&of_bus(&event)),
    ] {
        let stack = stack_with_idle_agent().await;
        stack.report(std::slice::from_ref(&body)).await;
        assert_eq!(stack.status("acme", 1).await, "lunch", "{body}");
    }
}
