//! What every answer of the service can hold.

use serde_json::Value;

/// The `message` of an answer.
pub(super) fn message(body: &Value) -> &str {
    let message = body.get("message").and_then(Value::as_str);
    message.unwrap_or("without a message")
}
