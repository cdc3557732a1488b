//! Which failures of a call pass by themselves, so that the same call may succeed a little later.

use std::error::Error as StdError;

use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};

/// Codes with which DynamoDB and SQS ask a client to slow down, report a fault of their own, or ask to wait until an import has
/// written the same agent, which the SDK does not retry (Amazon DynamoDB Developer
/// Guide, "Error handling"; Amazon SQS API Reference, "Common errors").
const PASSING_CODES: [&str; 10] = [
    "InternalError",
    "InternalFailure",
    "InternalServerError",
    "KmsThrottled",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "RequestThrottled",
    "ServiceUnavailable",
    "ThrottlingException",
    "TransactionConflictException",
];
/// Statuses that say the same, whatever the code.
const PASSING_STATUSES: [u16; 4] = [500, 502, 503, 504];

/// True for a code that a later try may not get. SQS may put a prefix before it, as in
/// `AWS.SimpleQueueService.RequestThrottled`.
pub(crate) fn is_passing_code(code: &str) -> bool {
    let code = code.rsplit('.').next().unwrap_or(code);
    PASSING_CODES.contains(&code)
}

/// True if the same call may succeed a little later: AWS was asked too much or had a fault, or there was no answer in time, or
/// none at all.
pub(crate) fn is_passing<E>(error: &SdkError<E>) -> bool
where
    E: ProvideErrorMetadata,
{
    match error {
        SdkError::TimeoutError(_) | SdkError::ResponseError(_) => true,
        SdkError::DispatchFailure(failure) => failure.is_timeout() || failure.is_io(),
        SdkError::ServiceError(refused) => {
            let code = refused.err().code();
            let status = refused.raw().status().as_u16();
            code.is_some_and(is_passing_code) || PASSING_STATUSES.contains(&status)
        }
        _ => false,
    }
}

/// Why a call failed, in a word or two; holds nothing of what was sent.
pub(crate) fn reason<E>(error: &SdkError<E>) -> String
where
    E: ProvideErrorMetadata + StdError + 'static,
{
    match error.code() {
        Some(code) => code.to_owned(),
        // The texts of the SDK's own errors are constants.
        None => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_dynamodb::config::http::HttpResponse;
    use aws_sdk_dynamodb::error::ErrorMetadata;
    use aws_sdk_dynamodb::operation::query::QueryError;
    use aws_smithy_runtime_api::client::result::ConnectorError;

    use super::*;

    fn refused(status: u16, code: &str) -> SdkError<QueryError> {
        let metadata = ErrorMetadata::builder().code(code).build();
        let response = HttpResponse::new(status.try_into().unwrap(), "".into());
        SdkError::service_error(QueryError::generic(metadata), response)
    }

    #[test]
    fn throttles_and_faults_of_aws_pass() {
        for code in PASSING_CODES {
            assert!(is_passing(&refused(400, code)), "{code}");
        }
        assert!(is_passing_code("AWS.SimpleQueueService.RequestThrottled"));
        for status in PASSING_STATUSES {
            assert!(is_passing(&refused(status, "")), "{status}");
        }
    }

    #[test]
    fn no_answer_in_time_and_broken_connections_pass() {
        let error = || "cause".into();
        let timeout = SdkError::<QueryError>::timeout_error(error());
        assert!(is_passing(&timeout));
        for lost in [
            ConnectorError::timeout(error()),
            ConnectorError::io(error()),
        ] {
            assert!(is_passing(&SdkError::<QueryError>::dispatch_failure(lost)));
        }
    }

    #[test]
    fn refusals_do_not_pass() {
        for code in [
            "AccessDeniedException",
            "ConditionalCheckFailedException",
            "ResourceNotFoundException",
            "ValidationException",
        ] {
            assert!(!is_passing(&refused(400, code)), "{code}");
        }
        let misused = ConnectorError::user("cause".into());
        assert!(!is_passing(&SdkError::<QueryError>::dispatch_failure(
            misused
        )));
    }
}
