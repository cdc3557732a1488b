//! Finding out which tenant calls.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use domain::callers::Credentials;
use domain::limits::TOKEN_MEMORY;
use domain::tenant::Tenant;
use domain::timestamp::Timestamp;
use store::{Store, StoreError};
use thiserror::Error;
use wire::http::basic_credentials;

use crate::clock::Clock;

/// The maximum number of verified tokens that are remembered; one function instance rarely serves more tenants within a
/// minute.
const MAX_REMEMBERED: usize = 1_000;

/// Verifies credentials against the stored tokens, and remembers the valid ones for [`TOKEN_MEMORY`]. Clones share what they
/// remember.
#[derive(Clone)]
pub struct Authenticator {
    store: Store,
    clock: Clock,
    domain_name: Option<String>,
    verified_at: Arc<Mutex<HashMap<[u8; 32], Timestamp>>>,
}

/// Why a caller was refused.
#[derive(Debug, Error)]
pub enum AuthenticationError {
    /// The credentials are missing, malformed, unknown, wrong or revoked. Callers cannot tell which.
    #[error("unauthorized")]
    Unauthorized,
    /// They could not be looked up.
    #[error("cannot look up the token")]
    Store(#[from] StoreError),
}

impl Authenticator {
    /// Reads tokens from `store`. With a `domain_name`, callers must reach the service as `{tenant}.{domain_name}`.
    #[must_use]
    pub fn new(store: Store, clock: Clock, domain_name: Option<String>) -> Self {
        Self {
            store,
            clock,
            domain_name,
            verified_at: Arc::default(),
        }
    }

    /// The tenant whose credentials are in the `Authorization` header of a request that came in for `host`. Malformed
    /// credentials cost no call. All others cost one read, whatever is wrong with them: only credentials that were verified
    /// as a whole are remembered.
    ///
    /// # Errors
    /// See [`AuthenticationError`].
    pub async fn authenticate(
        &self,
        authorization: Option<&str>,
        host: Option<&str>,
    ) -> Result<Tenant, AuthenticationError> {
        let credentials = authorization.and_then(basic_credentials);
        let credentials = credentials.ok_or_else(|| refused("missing or malformed"))?;
        if let Some(domain_name) = &self.domain_name
            && !is_host(host, &format!("{}.{domain_name}", credentials.tenant))
        {
            return Err(refused("another host"));
        }
        let now = self.clock.now();
        if self.remembers(&credentials, now) {
            return Ok(credentials.tenant);
        }
        let token = self.store.read_token(&credentials.token_id).await?;
        if !credentials.belong_to(token.as_ref()) {
            return Err(refused("unknown, wrong or revoked"));
        }
        self.remember(&credentials, now);
        Ok(credentials.tenant)
    }

    fn remembers(&self, credentials: &Credentials, now: Timestamp) -> bool {
        let verified_at = self
            .verified_at
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        verified_at
            .get(&credentials.fingerprint)
            .is_some_and(|&at| is_fresh(at, now))
    }

    fn remember(&self, credentials: &Credentials, now: Timestamp) {
        let mut verified_at = self
            .verified_at
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if verified_at.len() >= MAX_REMEMBERED {
            verified_at.retain(|_, &mut at| is_fresh(at, now));
        }
        if verified_at.len() >= MAX_REMEMBERED {
            verified_at.clear();
        }
        verified_at.insert(credentials.fingerprint, now);
    }
}

/// Logs that a caller was refused. What the caller sent is not logged: even what looks like a tenant may be a secret that is in
/// the wrong place. The template has a filter on the message.
fn refused(reason: &'static str) -> AuthenticationError {
    tracing::warn!(reason, "refused credentials");
    AuthenticationError::Unauthorized
}

/// A clock that was set back makes earlier verifications stale; they must not last for longer.
fn is_fresh(verified_at: Timestamp, now: Timestamp) -> bool {
    verified_at <= now && now < verified_at.plus(TOKEN_MEMORY)
}

/// True if the `Host` header names this host, on any port.
fn is_host(header: Option<&str>, name: &str) -> bool {
    let host = header.and_then(|host| host.split(':').next());
    host.is_some_and(|host| host.eq_ignore_ascii_case(name))
}

#[cfg(test)]
mod tests {
    use domain::callers::secret_digest;
    use store::connection::{AwsCredentials, AwsSettings, Backoff, dynamodb, http_client};
    use store::{Store, TableNames};

    use super::*;

    const NOW: Timestamp = Timestamp::from_epoch_ms(1_000_000);

    fn authenticator() -> Authenticator {
        let table = || "unused".to_owned();
        let tables = TableNames {
            agents: table(),
            team_members: table(),
            jobs: table(),
            api_tokens: table(),
        };
        let aws = AwsSettings {
            region: "unused".to_owned(),
            credentials: AwsCredentials::new("unused", "unused", None, None, "unused"),
            dynamodb_url: None,
            sqs_url: None,
        };
        let config = dynamodb(&aws, http_client());
        let store = Store::new(config, tables, Backoff::AWS);
        Authenticator::new(store, Clock::from_fn(|| NOW), None)
    }

    fn credentials(number: usize) -> Credentials {
        Credentials {
            tenant: Tenant::parse("acme").unwrap(),
            token_id: "key".to_owned(),
            secret_sha256: [0; 32],
            fingerprint: secret_digest(&number.to_string()),
        }
    }

    #[test]
    fn the_number_of_remembered_tokens_is_limited() {
        let authenticator = authenticator();
        for number in 0..=MAX_REMEMBERED {
            authenticator.remember(&credentials(number), NOW);
            assert!(authenticator.remembers(&credentials(number), NOW));
        }
        let remembered = authenticator.verified_at.lock().unwrap().len();
        assert!(remembered <= MAX_REMEMBERED, "{remembered}");
    }

    #[test]
    fn a_clock_that_is_set_back_extends_no_verification() {
        let authenticator = authenticator();
        authenticator.remember(&credentials(1), NOW);
        let before = Timestamp::from_epoch_ms(NOW.epoch_ms() - 1);
        assert!(!authenticator.remembers(&credentials(1), before));
    }
}
