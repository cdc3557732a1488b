//! Creating, listing and revoking API tokens.

use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use domain::callers::SecretDigest;
use domain::tenant::Tenant;
use domain::timestamp::Timestamp;

use crate::calls::{ConditionalWrite, conditional_write};
use crate::error::StoreError;
use crate::items::attributes::{Item, epoch_ms, read_text, read_time, text};
use crate::store::Store;

/// A token as an operator sees it, without anything of its secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedToken {
    /// Its id.
    pub token_id: String,
    /// The tenant that it belongs to.
    pub tenant: String,
    /// When it was created.
    pub created_at: Option<Timestamp>,
    /// When it was revoked, if it was.
    pub revoked_at: Option<Timestamp>,
}

/// The result of creating a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NewToken {
    /// It is stored.
    Created,
    /// Another token has this id; it is unchanged.
    IdTaken,
}

/// The result of revoking a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Revocation {
    /// It is revoked, now or since earlier.
    Revoked,
    /// No token has this id.
    NoToken,
}

impl Store {
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

    /// Adds a token, unless the id is taken.
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
            // A call that is sent again because its answer got lost finds the token that it wrote itself.
            .condition_expression("attribute_not_exists(token_id) OR secret_sha256 = :digest")
            .expression_attribute_values(":digest", digest(secret_sha256));
        Ok(match conditional_write(call.send().await, "PutItem")? {
            ConditionalWrite::Applied => NewToken::Created,
            ConditionalWrite::Rejected => NewToken::IdTaken,
        })
    }

    /// Every token, in any order. This scans the whole table; digests are not read.
    ///
    /// # Errors
    /// DynamoDB refused.
    pub async fn list_tokens(&self) -> Result<Vec<ListedToken>, StoreError> {
        let scan = self.client.scan().table_name(&self.tables.api_tokens);
        let scan = scan
            .consistent_read(true)
            .projection_expression("token_id, tenant, created_at, revoked_at");
        let items: Result<Vec<Item>, _> = scan.into_paginator().items().send().collect().await;
        let items = items.map_err(StoreError::call("Scan"))?;
        Ok(items.iter().filter_map(listed).collect())
    }

    /// Revokes a token. Functions that verified it within the last minute accept it until that minute is over.
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
        Ok(match conditional_write(call.send().await, "UpdateItem")? {
            ConditionalWrite::Applied => Revocation::Revoked,
            ConditionalWrite::Rejected => Revocation::NoToken,
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
