//! Connections to AWS: region, credentials, TLS, time limits and retries, the same for every service.
//!
//! The SDK's own way to all that, `aws_config::load_defaults`, looks for profiles, files and metadata services as well, which
//! a function has none of, and then loads and parses the trusted certificates once more for every client.

use std::time::Duration;

use aws_sdk_dynamodb::config::retry::RetryConfig;
use aws_sdk_dynamodb::config::timeout::TimeoutConfig;
use aws_sdk_dynamodb::config::{BehaviorVersion, Credentials, Region, SharedHttpClient};
use aws_smithy_http_client::Connector;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::tls::{Provider, TlsContext, TrustStore};
use aws_smithy_runtime_api::client::http::{
    HttpConnectorSettings, SharedHttpConnector, http_client_fn,
};

use super::backoff::Backoff;

/// The certificates that the endpoints of AWS are verified with: all five roots, as [Amazon Trust Services](https://www.amazontrust.com/repository/)
/// says for trust stores of one's own. To load and parse the 140 or so that a system trusts takes longer than all else that a
/// function does before it can be called.
const AMAZON_ROOTS: &[u8] = include_bytes!("amazon_roots.pem");
/// The time limit of connecting; one inside a region takes a few milliseconds.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(1);
/// The time limit of one try of a call; DynamoDB and SQS answer in milliseconds.
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(2);
/// The time limit of a call with its retries.
const OPERATION_TIMEOUT: Duration = Duration::from_secs(6);

/// Where AWS is, and as whom it is called.
#[derive(Clone, Debug)]
pub struct AwsSettings {
    /// The region.
    pub region: String,
    /// The credentials. They outlive the process.
    pub credentials: Credentials,
    /// Where DynamoDB is, if not where the region has it.
    pub dynamodb_url: Option<String>,
    /// Where SQS is, if not where the region has it.
    pub sqs_url: Option<String>,
}

/// How DynamoDB is reached.
#[must_use]
pub fn dynamodb(
    settings: &AwsSettings,
    http_client: SharedHttpClient,
) -> aws_sdk_dynamodb::config::Builder {
    let mut config = aws_sdk_dynamodb::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new(settings.region.clone()))
        .credentials_provider(settings.credentials.clone())
        .http_client(http_client);
    config.set_endpoint_url(settings.dynamodb_url.clone());
    config
}

/// How SQS is reached.
#[must_use]
pub fn sqs(settings: &AwsSettings, http_client: SharedHttpClient) -> aws_sdk_sqs::config::Builder {
    let mut config = aws_sdk_sqs::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new(settings.region.clone()))
        .credentials_provider(settings.credentials.clone())
        .http_client(http_client);
    config.set_endpoint_url(settings.sqs_url.clone());
    config
}

/// Connections to AWS, for all services; what TLS takes is set up once, and now. HTTP without TLS works too, for endpoints on
/// one machine; no proxy is used.
#[must_use]
pub fn http_client() -> SharedHttpClient {
    let settings = HttpConnectorSettings::builder().connect_timeout(CONNECT_TIMEOUT);
    let trusted = TrustStore::empty().with_pem_certificate(AMAZON_ROOTS);
    let tls = TlsContext::builder().with_trust_store(trusted).build();
    let connector = Connector::builder()
        .connector_settings(settings.build())
        .tls_provider(Provider::Rustls(CryptoMode::AwsLc))
        .tls_context(tls.expect("the certificates are a constant, which a test reads"))
        .build();
    let connector = SharedHttpConnector::new(connector);
    http_client_fn(move |_, _| connector.clone())
}

/// The time limits of a call.
pub fn timeouts() -> TimeoutConfig {
    TimeoutConfig::builder()
        .connect_timeout(CONNECT_TIMEOUT)
        .operation_attempt_timeout(ATTEMPT_TIMEOUT)
        .operation_timeout(OPERATION_TIMEOUT)
        .build()
}

/// The time limits of a call from an operator's command, which may be far from the region and on a slow line: a page of a
/// scan is 1 MB (Amazon DynamoDB API Reference).
pub fn timeouts_for_operator() -> TimeoutConfig {
    TimeoutConfig::builder()
        .connect_timeout(5 * CONNECT_TIMEOUT)
        .operation_attempt_timeout(15 * ATTEMPT_TIMEOUT)
        .operation_timeout(15 * OPERATION_TIMEOUT)
        .build()
}

/// Three tries of each call, as is the SDK's standard, with our first wait between them. What fails for longer is tried again
/// by [`Retries`](super::Retries).
pub fn sdk_retries(backoff: Backoff) -> RetryConfig {
    RetryConfig::standard().with_initial_backoff(backoff.base())
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_roots_are_readable() {
        // Or it panics.
        let _ = super::http_client();
    }
}
