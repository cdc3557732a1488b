//! Reading many items of one table.

use aws_sdk_dynamodb::types::KeysAndAttributes;

use super::item::Item;
use super::{Store, StoreError};

/// `BatchGetItem` takes at most that many keys (Amazon DynamoDB API Reference).
pub const MAX_BATCH_GET: usize = 100;
/// Keys that DynamoDB leaves unprocessed are asked for at most that many times.
const MAX_READ_ATTEMPTS: u32 = 6;

/// How old a read may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Freshness {
    /// A moment behind, for half the price.
    Eventual,
    /// With every write that was confirmed.
    Latest,
}

impl Store {
    /// The items of up to [`MAX_BATCH_GET`] distinct keys, in any order. Missing ones are left out.
    pub(super) async fn get_all(
        &self,
        table: &str,
        mut keys: Vec<Item>,
        freshness: Freshness,
    ) -> Result<Vec<Item>, StoreError> {
        let mut found = Vec::with_capacity(keys.len());
        for attempt in 0..MAX_READ_ATTEMPTS {
            if keys.is_empty() {
                return Ok(found);
            }
            let (items, unprocessed) = self.get_batch(table, keys, freshness).await?;
            found.extend(items);
            if unprocessed.is_empty() {
                return Ok(found);
            }
            keys = unprocessed;
            self.backoff.pause(attempt).await;
        }
        Err(StoreError::Unsettled {
            items: keys.len(),
            rounds: MAX_READ_ATTEMPTS,
        })
    }

    /// The items there are, and the keys that were left unprocessed.
    async fn get_batch(
        &self,
        table: &str,
        keys: Vec<Item>,
        freshness: Freshness,
    ) -> Result<(Vec<Item>, Vec<Item>), StoreError> {
        let wanted = KeysAndAttributes::builder()
            .set_keys(Some(keys))
            .consistent_read(freshness == Freshness::Latest)
            .build()
            .expect("the keys are set");
        let call = self.client.batch_get_item().request_items(table, wanted);
        let answer = call.send().await;
        let answer = answer.map_err(StoreError::call("BatchGetItem"))?;
        let items = answer
            .responses
            .and_then(|mut tables| tables.remove(table))
            .unwrap_or_default();
        let unprocessed = answer
            .unprocessed_keys
            .and_then(|mut tables| tables.remove(table));
        Ok((items, unprocessed.map(|rest| rest.keys).unwrap_or_default()))
    }
}
