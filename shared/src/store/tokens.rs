//! The tokens callers authenticate with.

use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;

use super::item::{Item, epoch_ms, read_text, text};
use super::{Store, StoreError};
use crate::tenant::Tenant;
use crate::timestamp::Timestamp;

/// SHA-256 of a token's secret.
pub type SecretDigest = [u8; 32];

/// A token at rest.
#[derive(Clone, Debug)]
pub struct Token {
    /// The tenant it speaks for.
    pub tenant: Tenant,
    /// The digest of its secret; the secret itself is nowhere.
    pub secret_sha256: SecretDigest,
    /// Not valid any more.
    pub revoked: bool,
}

impl Store {
    /// The token of that id, or `None` if there is none (or none that can be read).
    ///
    /// # Errors
    /// DynamoDB refused.
    pub async fn read_token(&self, token_id: &str) -> Result<Option<Token>, StoreError> {
        let call = self.client.get_item().table_name(&self.tables.api_tokens);
        let call = call.key("token_id", text(token_id));
        let answer = call.send().await.map_err(StoreError::call("GetItem"))?;
        Ok(answer.item().and_then(read))
    }

    /// Adds a token, or replaces the one of that id.
    ///
    /// # Errors
    /// DynamoDB refused.
    pub async fn put_token(
        &self,
        token_id: &str,
        tenant: &Tenant,
        secret_sha256: SecretDigest,
        created_at: Timestamp,
    ) -> Result<(), StoreError> {
        let call = self.client.put_item().table_name(&self.tables.api_tokens);
        let call = call
            .item("token_id", text(token_id))
            .item("tenant", text(tenant.as_str()))
            .item("secret_sha256", AttributeValue::B(Blob::new(secret_sha256)))
            .item("created_at", epoch_ms(created_at));
        call.send().await.map_err(StoreError::call("PutItem"))?;
        Ok(())
    }

    /// Ends a token. Functions that verified it within the last minute go on taking it until that minute is over.
    ///
    /// # Errors
    /// DynamoDB refused.
    pub async fn revoke_token(
        &self,
        token_id: &str,
        revoked_at: Timestamp,
    ) -> Result<(), StoreError> {
        let call = self
            .client
            .update_item()
            .table_name(&self.tables.api_tokens);
        let call = call
            .key("token_id", text(token_id))
            .update_expression("SET revoked_at = if_not_exists(revoked_at, :now)")
            .condition_expression("attribute_exists(token_id)")
            .expression_attribute_values(":now", epoch_ms(revoked_at));
        call.send().await.map_err(StoreError::call("UpdateItem"))?;
        Ok(())
    }
}

fn read(item: &Item) -> Option<Token> {
    let digest = item.get("secret_sha256")?.as_b().ok()?;
    Some(Token {
        tenant: Tenant::parse(read_text(item, "tenant")?)?,
        secret_sha256: digest.as_ref().try_into().ok()?,
        revoked: item.contains_key("revoked_at"),
    })
}
