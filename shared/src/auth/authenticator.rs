//! Verifying what a caller claims.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use thiserror::Error;

use super::credentials::Credentials;
use crate::store::{Store, StoreError};
use crate::tenant::Tenant;
use crate::timestamp::Timestamp;

/// A verified token is taken without a read for that long, so this is how long a revoked one can live on.
pub const TOKEN_MEMORY: Duration = Duration::from_mins(1);
/// So many verified tokens are remembered; one function instance rarely serves more tenants within a minute.
const MAX_REMEMBERED: usize = 1_000;

/// Verifies credentials against the stored tokens, and remembers the good ones for [`TOKEN_MEMORY`].
#[derive(Default)]
pub struct Authenticator {
    verified_at: Mutex<HashMap<[u8; 32], Timestamp>>,
}

/// Why a caller was turned away.
#[derive(Debug, Error)]
pub enum AuthError {
    /// The credentials are missing, malformed, unknown, wrong or revoked. Which of these is nobody's business.
    #[error("unauthorized")]
    Unauthorized,
    /// They could not be looked up.
    #[error("cannot look up the token")]
    Store(#[from] StoreError),
}

impl Authenticator {
    /// The tenant whose token these credentials hold. Bad ones always cost one read, whatever is wrong with them:
    /// only what was verified as a whole is remembered.
    ///
    /// # Errors
    /// See [`AuthError`].
    pub async fn verify(
        &self,
        credentials: Credentials,
        store: &Store,
        now: Timestamp,
    ) -> Result<Tenant, AuthError> {
        if self.remembers(&credentials, now) {
            return Ok(credentials.tenant);
        }
        let token = store.read_token(&credentials.token_id).await?;
        if !credentials.belong_to(token.as_ref()) {
            return Err(AuthError::Unauthorized);
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

/// A clock that was set back makes what was verified "later" stale, not immortal.
fn is_fresh(verified_at: Timestamp, now: Timestamp) -> bool {
    verified_at <= now && now < verified_at.plus(TOKEN_MEMORY)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::secret_digest;

    const NOW: Timestamp = Timestamp::from_epoch_ms(1_000_000);

    fn credentials(number: usize) -> Credentials {
        Credentials {
            tenant: Tenant::parse("acme").unwrap(),
            token_id: "key".to_owned(),
            secret_sha256: [0; 32],
            fingerprint: secret_digest(&number.to_string()),
        }
    }

    #[test]
    fn so_many_are_remembered_and_no_more() {
        let authenticator = Authenticator::default();
        for number in 0..=MAX_REMEMBERED {
            authenticator.remember(&credentials(number), NOW);
            assert!(authenticator.remembers(&credentials(number), NOW));
        }
        let remembered = authenticator.verified_at.lock().unwrap().len();
        assert!(remembered <= MAX_REMEMBERED, "{remembered}");
    }

    #[test]
    fn a_clock_that_is_set_back_makes_nothing_last() {
        let authenticator = Authenticator::default();
        authenticator.remember(&credentials(1), NOW);
        let before = Timestamp::from_epoch_ms(NOW.epoch_ms() - 1);
        assert!(!authenticator.remembers(&credentials(1), before));
    }
}
