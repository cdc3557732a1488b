//! Reading the body of a request.

use std::time::Duration;

use axum::body::{Body, Bytes, to_bytes};
use axum::http::StatusCode;
use http_body_util::LengthLimitError;
use tokio::time::timeout;

/// The time limit for a whole body, however steadily it arrives: as long as API Gateway gives a request (quotas of HTTP APIs).
const BODY_TIMEOUT: Duration = Duration::from_secs(30);

/// Reads a whole body.
///
/// # Errors
/// The status that says why not: the body is larger than `max_bytes`, took too long, or is not as HTTP writes it.
pub async fn read(body: Body, max_bytes: usize) -> Result<Bytes, StatusCode> {
    read_within(BODY_TIMEOUT, body, max_bytes).await
}

async fn read_within(time: Duration, body: Body, max_bytes: usize) -> Result<Bytes, StatusCode> {
    let read = timeout(time, to_bytes(body, max_bytes)).await;
    let read = read.map_err(|_elapsed| StatusCode::REQUEST_TIMEOUT)?;
    read.map_err(|error| {
        if error.into_inner().is::<LengthLimitError>() {
            StatusCode::PAYLOAD_TOO_LARGE
        } else {
            StatusCode::BAD_REQUEST
        }
    })
}

#[cfg(test)]
mod tests {
    use futures::stream;
    use tokio::task::yield_now;

    use super::*;

    #[tokio::test]
    async fn a_body_that_keeps_arriving_is_given_up() {
        let steady = stream::unfold((), |()| async {
            yield_now().await;
            Some((Ok::<_, std::io::Error>("x"), ()))
        });
        let time = Duration::from_millis(1);
        let refused = read_within(time, Body::from_stream(steady), usize::MAX).await;
        assert_eq!(refused.unwrap_err(), StatusCode::REQUEST_TIMEOUT);
    }

    #[tokio::test]
    async fn a_body_is_not_read_beyond_its_limit() {
        assert_eq!(read(Body::from("four"), 4).await.unwrap(), "four");
        let refused = read(Body::from("fives"), 4).await;
        assert_eq!(refused.unwrap_err(), StatusCode::PAYLOAD_TOO_LARGE);
    }

    #[tokio::test]
    async fn a_body_that_breaks_off_is_malformed() {
        let broken = stream::iter([Ok("x"), Err(std::io::Error::other("bad chunk size"))]);
        let refused = read(Body::from_stream(broken), 4).await;
        assert_eq!(refused.unwrap_err(), StatusCode::BAD_REQUEST);
    }
}
