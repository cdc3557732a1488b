//! The tokens callers authenticate with.

use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;

use super::item::{Item, epoch_ms, read_text, read_time, text};
use super::{First, Store, StoreError, first};
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

/// A token as an operator sees it: nothing of its secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedToken {
    /// Its name.
    pub token_id: String,
    /// The tenant it speaks for, as the table has it.
    pub tenant: String,
    /// When it was made.
    pub created_at: Option<Timestamp>,
    /// Since when it is not valid any more.
    pub revoked_at: Option<Timestamp>,
}

/// What became of a new token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NewToken {
    /// It is there.
    Created,
    /// There is another of that id, which stays as it is.
    IdTaken,
}

/// What became of ending a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Revocation {
    /// It is ended, now or since earlier.
    Revoked,
    /// There is none of that id.
    NoToken,
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
        let call = call.set_item(Some(item(token_id, tenant, secret_sha256, created_at)));
        call.send().await.map_err(StoreError::call("PutItem"))?;
        Ok(())
    }

    /// Adds a token, unless there is one of that id.
    ///
    /// # Errors
    /// DynamoDB refused.
    pub async fn create_token(
        &self,
        token_id: &str,
        tenant: &Tenant,
        secret_sha256: SecretDigest,
        created_at: Timestamp,
    ) -> Result<NewToken, StoreError> {
        let call = self.client.put_item().table_name(&self.tables.api_tokens);
        let call = call
            .set_item(Some(item(token_id, tenant, secret_sha256, created_at)))
            // A call that was answered by nobody and is sent again finds what it wrote itself.
            .condition_expression("attribute_not_exists(token_id) OR secret_sha256 = :digest")
            .expression_attribute_values(":digest", digest(secret_sha256));
        Ok(match first(call.send().await, "PutItem")? {
            First::Yes => NewToken::Created,
            First::No => NewToken::IdTaken,
        })
    }

    /// Every token there is, in any order; a scan, for an operator's command. No digest leaves the table.
    ///
    /// # Errors
    /// DynamoDB refused.
    pub async fn list_tokens(&self) -> Result<Vec<ListedToken>, StoreError> {
        let mut tokens = Vec::new();
        let mut start = None;
        loop {
            let scan = self.client.scan().table_name(&self.tables.api_tokens);
            let scan = scan
                .consistent_read(true)
                .projection_expression("token_id, tenant, created_at, revoked_at")
                .set_exclusive_start_key(start);
            let page = scan.send().await.map_err(StoreError::call("Scan"))?;
            tokens.extend(page.items().iter().filter_map(listed));
            start = page.last_evaluated_key;
            if start.is_none() {
                return Ok(tokens);
            }
        }
    }

    /// Ends a token. Functions that verified it within the last minute go on taking it until that minute is over.
    ///
    /// # Errors
    /// DynamoDB refused.
    pub async fn revoke_token(
        &self,
        token_id: &str,
        revoked_at: Timestamp,
    ) -> Result<Revocation, StoreError> {
        let call = self
            .client
            .update_item()
            .table_name(&self.tables.api_tokens);
        let call = call
            .key("token_id", text(token_id))
            .update_expression("SET revoked_at = if_not_exists(revoked_at, :now)")
            .condition_expression("attribute_exists(token_id)")
            .expression_attribute_values(":now", epoch_ms(revoked_at));
        Ok(match first(call.send().await, "UpdateItem")? {
            First::Yes => Revocation::Revoked,
            First::No => Revocation::NoToken,
        })
    }
}

fn item(token_id: &str, tenant: &Tenant, secret: SecretDigest, created_at: Timestamp) -> Item {
    Item::from([
        ("token_id".to_owned(), text(token_id)),
        ("tenant".to_owned(), text(tenant.as_str())),
        ("secret_sha256".to_owned(), digest(secret)),
        ("created_at".to_owned(), epoch_ms(created_at)),
    ])
}

fn digest(digest: SecretDigest) -> AttributeValue {
    AttributeValue::B(Blob::new(digest))
}

fn listed(item: &Item) -> Option<ListedToken> {
    Some(ListedToken {
        token_id: read_text(item, "token_id")?.to_owned(),
        tenant: read_text(item, "tenant").unwrap_or_default().to_owned(),
        created_at: read_time(item, "created_at"),
        revoked_at: read_time(item, "revoked_at"),
    })
}

fn read(item: &Item) -> Option<Token> {
    let digest = item.get("secret_sha256")?.as_b().ok()?;
    Some(Token {
        tenant: Tenant::parse(read_text(item, "tenant")?)?,
        secret_sha256: digest.as_ref().try_into().ok()?,
        revoked: item.contains_key("revoked_at"),
    })
}
