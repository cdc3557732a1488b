//! Making the answer to a request.

use std::time::Duration;

use aws_lambda_events::apigw::ApiGatewayV2httpResponse;
use aws_lambda_events::encodings::Body;
use http::StatusCode;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderName, HeaderValue};
use serde::Serialize;
use tokio::time::timeout;
use tracing::error;
use wire::http::ErrorBody;

use super::error::HttpError;
use crate::error_chain::error_chain;

/// What a function returns to API Gateway.
pub type Answer = ApiGatewayV2httpResponse;

/// The answer to a request; 503 if there is none within that time, which must be shorter than the function's own: an invocation
/// that runs out of time gives the caller no answer of ours.
pub async fn answer_within(
    time: Duration,
    answering: impl Future<Output = Result<Answer, HttpError>>,
) -> Answer {
    let answered = timeout(time, answering).await;
    answer(answered.unwrap_or(Err(HttpError::TimedOut)))
}

/// The answer to a request, successful or not. The one place where a failed request is logged.
#[must_use]
pub fn answer(result: Result<Answer, HttpError>) -> Answer {
    result.unwrap_or_else(|error| {
        match &error {
            HttpError::Unavailable(cause) => {
                error!(error = error_chain(cause.as_ref()), "a dependency failed");
            }
            HttpError::TimedOut => error!("the answer took too long"),
            _ => {}
        }
        let body = ErrorBody {
            message: error.to_string(),
        };
        let mut answer = json(error.status(), &body);
        answer.headers.extend(error.header());
        answer
    })
}

/// An answer with a JSON body.
#[must_use]
pub fn json(status: StatusCode, body: &impl Serialize) -> Answer {
    let text = serde_json::to_string(body).expect("answers have string keys and no fallible parts");
    let mut answer = Answer::default();
    answer.status_code = status.as_u16().into();
    answer.body = Some(Body::Text(text));
    set_header(&mut answer, CONTENT_TYPE, "application/json");
    set_header(&mut answer, CACHE_CONTROL, "no-store");
    answer
}

/// Sets a header of an answer. A host name that came in with a request is a valid value, so nothing is left out.
pub fn set_header(answer: &mut Answer, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        answer.headers.insert(name, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_request_that_takes_too_long_is_a_503() {
        let answer = answer_within(Duration::ZERO, std::future::pending()).await;
        assert_eq!(answer.status_code, 503);
    }
}
