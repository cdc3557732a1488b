//! Writing many items at once.

use aws_sdk_dynamodb::types::{DeleteRequest, PutRequest, WriteRequest};
use futures::stream::{self, StreamExt, TryStreamExt};

use crate::error::StoreError;
use crate::items::attributes::Item;
use crate::store::Store;

/// `BatchWriteItem` takes at most that many items (Amazon DynamoDB API Reference).
pub(crate) const MAX_BATCH_WRITE: usize = 25;

impl Store {
    /// Puts every item into a table, replacing those of the same key, with at most `parallel_batches` batches under way. The
    /// items are made as they are needed. Safe to repeat.
    pub(crate) async fn put_all(
        &self,
        table: &str,
        items: impl Iterator<Item = Item>,
        parallel_batches: usize,
    ) -> Result<(), StoreError> {
        self.write_all(table, items.map(put), parallel_batches)
            .await
    }

    /// Deletes the items of these keys, present or not, in the same way.
    pub(crate) async fn delete_all(
        &self,
        table: &str,
        keys: impl Iterator<Item = Item>,
        parallel_batches: usize,
    ) -> Result<(), StoreError> {
        self.write_all(table, keys.map(delete), parallel_batches)
            .await
    }

    async fn write_all(
        &self,
        table: &str,
        writes: impl Iterator<Item = WriteRequest>,
        parallel_batches: usize,
    ) -> Result<(), StoreError> {
        let mut writes = writes.peekable();
        let batches = std::iter::from_fn(|| {
            writes.peek()?;
            let batch = writes.by_ref().take(MAX_BATCH_WRITE).collect();
            Some(self.write_batch(table, batch))
        });
        stream::iter(batches)
            .buffer_unordered(parallel_batches)
            .try_collect()
            .await
    }

    /// Puts up to [`MAX_BATCH_WRITE`] items into a table with one call, replacing those of the same key. Safe to repeat.
    pub(crate) async fn put_batch(&self, table: &str, items: Vec<Item>) -> Result<(), StoreError> {
        let writes = items.into_iter().map(put).collect();
        self.write_batch(table, writes).await
    }

    async fn write_batch(
        &self,
        table: &str,
        mut writes: Vec<WriteRequest>,
    ) -> Result<(), StoreError> {
        let mut tries = self.tries();
        loop {
            let call = self.client.batch_write_item().request_items(table, writes);
            let answer = self.call("BatchWriteItem", || call.clone().send()).await?;
            let unprocessed = answer.unprocessed_items;
            writes = unprocessed
                .and_then(|mut tables| tables.remove(table))
                .unwrap_or_default();
            if writes.is_empty() {
                return Ok(());
            }
            if !tries.again("BatchWriteItem", "unprocessed items").await {
                let (items, rounds) = (writes.len(), tries.failed());
                return Err(StoreError::Unsettled { items, rounds });
            }
        }
    }
}

fn put(item: Item) -> WriteRequest {
    let request = PutRequest::builder().set_item(Some(item)).build();
    let request = request.expect("the item is set");
    WriteRequest::builder().put_request(request).build()
}

fn delete(key: Item) -> WriteRequest {
    let request = DeleteRequest::builder().set_key(Some(key)).build();
    let request = request.expect("the key is set");
    WriteRequest::builder().delete_request(request).build()
}
