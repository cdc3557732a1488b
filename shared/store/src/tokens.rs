//! The API tokens, as authentication reads them.

use domain::callers::Token;
use domain::tenant::Tenant;

use crate::error::StoreError;
use crate::items::attributes::{Item, read_text, text};
use crate::store::Store;

impl Store {
    /// The token of that id; `None` if there is none, or it cannot be read.
    ///
    /// # Errors
    /// DynamoDB refused.
    pub async fn read_token(&self, token_id: &str) -> Result<Option<Token>, StoreError> {
        let call = self.client.get_item().table_name(&self.tables.api_tokens);
        let call = call.key("token_id", text(token_id));
        let answer = self.call("GetItem", || call.clone().send()).await?;
        Ok(answer.item().and_then(read))
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
