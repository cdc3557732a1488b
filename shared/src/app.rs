//! What a function builds once and keeps between invocations.

use std::time::Duration;

use lambda_http::Request;

use crate::auth::{AuthError, Authenticator, Credentials};
use crate::aws;
use crate::backoff::Backoff;
use crate::http;
use crate::queue::Queue;
use crate::settings::{Settings, SettingsError};
use crate::store::Store;
use crate::tenant::Tenant;
use crate::timestamp::Clock;

/// The service as a function sees it.
pub struct App {
    /// DynamoDB.
    pub store: Store,
    /// SQS.
    pub queue: Queue,
    /// Verified tokens.
    pub authenticator: Authenticator,
    /// The time.
    pub clock: Clock,
    /// Where set, callers reach the service as `{tenant}.{domain}`.
    pub domain: Option<String>,
    /// So many agents are logged out while the caller waits; more become a job.
    pub sync_limit: usize,
    /// A job can be looked up for so long.
    pub job_retention: Duration,
}

impl App {
    /// Builds the clients from the environment, as Lambda sets it.
    ///
    /// # Errors
    /// A setting is missing or wrong.
    pub fn from_env() -> Result<Self, SettingsError> {
        let settings = Settings::from_env()?;
        let http_client = aws::http_client();
        let dynamodb = aws::dynamodb(&settings.aws, http_client.clone());
        let sqs = aws::sqs(&settings.aws, http_client);
        Ok(Self {
            store: Store::new(dynamodb, settings.tables, Backoff::AWS),
            queue: Queue::new(sqs, settings.jobs_queue_url, Backoff::AWS),
            authenticator: Authenticator::default(),
            clock: Clock::system(),
            domain: settings.domain,
            sync_limit: settings.sync_limit,
            job_retention: days(settings.job_retention_days),
        })
    }

    /// The tenant that calls.
    ///
    /// # Errors
    /// The credentials are not good, or could not be looked up.
    pub async fn authenticate(&self, request: &Request) -> Result<Tenant, AuthError> {
        let credentials = http::authorization(request)
            .and_then(Credentials::parse)
            .ok_or(AuthError::Unauthorized)?;
        if let Some(domain) = &self.domain
            && !http::is_host(request, &format!("{}.{domain}", credentials.tenant))
        {
            return Err(AuthError::Unauthorized);
        }
        self.authenticator
            .verify(credentials, &self.store, self.clock.now())
            .await
    }
}

/// So many days.
#[must_use]
pub fn days(count: usize) -> Duration {
    Duration::from_hours(24 * count as u64)
}
