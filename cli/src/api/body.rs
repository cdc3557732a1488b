//! The bodies of answers, read up to a limit: whatever answers may never stop.

use reqwest::{Error, Response};
use serde_json::Value;

/// The longest body that is read: API Gateway passes on no longer one (quotas of HTTP APIs).
const MAX_BODY_BYTES: usize = 10 * 1024 * 1024;

/// Why there is no whole body.
pub(super) enum BodyError {
    /// The connection failed, or it took too long.
    Lost(Error),
    /// It is longer than any answer of the service.
    TooLong,
}

/// Reads the body of an answer.
///
/// # Errors
/// The body does not come, or is too long.
pub(super) async fn read(mut response: Response) -> Result<Vec<u8>, BodyError> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(BodyError::Lost)? {
        if body.len() + chunk.len() > MAX_BODY_BYTES {
            return Err(BodyError::TooLong);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// The body of an answer that says that the request failed; `null` for one that is not JSON or cannot be read.
pub(super) async fn json_or_null(response: Response) -> Value {
    let body = read(response).await.unwrap_or_default();
    serde_json::from_slice(&body).unwrap_or_default()
}

/// The `message` of an answer.
pub(super) fn message(body: &Value) -> &str {
    let message = body.get("message").and_then(Value::as_str);
    message.unwrap_or("without a message")
}
