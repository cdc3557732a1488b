//! What a function builds once and keeps between invocations.

use aws_config::BehaviorVersion;
use lambda_http::Request;

use crate::auth::{AuthError, Authenticator, Credentials};
use crate::http;
use crate::settings::{Settings, SettingsError};
use crate::store::{Backoff, Store};
use crate::tenant::Tenant;
use crate::timestamp::Clock;

/// The service as a function sees it.
pub struct App {
    /// DynamoDB.
    pub store: Store,
    /// Verified tokens.
    pub authenticator: Authenticator,
    /// The time.
    pub clock: Clock,
    /// Where set, callers reach the service as `{tenant}.{domain}`.
    pub domain: Option<String>,
    /// So many agents are logged out while the caller waits.
    pub sync_limit: usize,
}

impl App {
    /// Builds the clients from the environment, as Lambda sets it.
    ///
    /// # Errors
    /// A setting is missing or wrong.
    pub async fn from_env() -> Result<Self, SettingsError> {
        let settings = Settings::from_env()?;
        let aws = aws_config::load_defaults(BehaviorVersion::latest()).await;
        let dynamodb = aws_sdk_dynamodb::config::Builder::from(&aws);
        Ok(Self {
            store: Store::new(dynamodb, settings.tables, Backoff::DYNAMODB),
            authenticator: Authenticator::default(),
            clock: Clock::system(),
            domain: settings.domain,
            sync_limit: settings.sync_limit,
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
