//! Writing many items.

use aws_sdk_dynamodb::types::{PutRequest, WriteRequest};

use super::item::Item;
use super::{Store, StoreError};
use crate::bounded;

/// `BatchWriteItem` takes at most that many items (Amazon DynamoDB API Reference).
const MAX_BATCH_WRITE: usize = 25;
/// Items that DynamoDB leaves unprocessed are sent at most that many times.
const MAX_WRITE_ATTEMPTS: u32 = 8;

impl Store {
    /// Puts every item into a table, over what was there, in batches of which so many are under way at once. They are made as
    /// they are needed. Safe to repeat.
    pub(super) async fn put_all(
        &self,
        table: &str,
        items: impl Iterator<Item = Item>,
        parallel_batches: usize,
    ) -> Result<(), StoreError> {
        let mut items = items.peekable();
        let batches = std::iter::from_fn(|| {
            items.peek()?;
            let batch = items.by_ref().take(MAX_BATCH_WRITE).map(put).collect();
            Some(self.put_batch(table, batch))
        });
        bounded::try_for_each(parallel_batches, batches, |()| ()).await
    }

    async fn put_batch(
        &self,
        table: &str,
        mut writes: Vec<WriteRequest>,
    ) -> Result<(), StoreError> {
        for attempt in 0..MAX_WRITE_ATTEMPTS {
            let call = self.client.batch_write_item().request_items(table, writes);
            let answer = call.send().await;
            let answer = answer.map_err(StoreError::call("BatchWriteItem"))?;
            let unprocessed = answer.unprocessed_items;
            writes = unprocessed
                .and_then(|mut tables| tables.remove(table))
                .unwrap_or_default();
            if writes.is_empty() {
                return Ok(());
            }
            self.backoff.pause(attempt).await;
        }
        Err(StoreError::Unsettled {
            items: writes.len(),
            rounds: MAX_WRITE_ATTEMPTS,
        })
    }
}

fn put(item: Item) -> WriteRequest {
    let request = PutRequest::builder().set_item(Some(item)).build();
    let request = request.expect("the item is set");
    WriteRequest::builder().put_request(request).build()
}
