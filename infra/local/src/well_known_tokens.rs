//! The tokens that everybody knows, `<tenant>.local`: for trying the service with agents that `local` loaded itself.

use std::collections::BTreeSet;

use domain::callers::secret_digest;
use domain::tenant::Tenant;
use domain::timestamp::Timestamp;
use store::{Store, StoreError};

/// The secret of all of them.
const SECRET: &str = "local";

/// Creates the token of each of the tenants that has no token yet. So none opens what an operator has given a token of their
/// own, and a revoked one stays revoked.
///
/// # Errors
/// DynamoDB refused.
pub async fn create(
    store: &Store,
    tenants: impl Iterator<Item = Tenant>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let tokens = store.list_tokens().await?;
    let with_token: BTreeSet<&str> = tokens.iter().map(|token| token.tenant.as_str()).collect();
    for tenant in tenants.filter(|tenant| !with_token.contains(tenant.as_str())) {
        let digest = secret_digest(SECRET);
        store
            .put_token(tenant.as_str(), &tenant, digest, now)
            .await?;
    }
    Ok(())
}

/// The tenants that a token of these opens.
///
/// # Errors
/// DynamoDB refused.
pub async fn open_tenants(store: &Store) -> Result<BTreeSet<Tenant>, StoreError> {
    let mut open = BTreeSet::new();
    for listed in store.list_tokens().await? {
        if listed.token_id != listed.tenant {
            continue;
        }
        let token = store.read_token(&listed.token_id).await?;
        let valid =
            token.filter(|token| !token.revoked && token.secret_sha256 == secret_digest(SECRET));
        open.extend(valid.map(|token| token.tenant));
    }
    Ok(open)
}
