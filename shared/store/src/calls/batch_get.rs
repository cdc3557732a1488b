//! Reading many items at once.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::KeysAndAttributes;
use domain::limits::{ALLOWED_SYNC_LIMITS, CHUNK_AGENTS};

use crate::error::StoreError;
use crate::items::attributes::Item;
use crate::store::Store;

/// `BatchGetItem` takes at most that many keys (Amazon DynamoDB API Reference).
pub const MAX_BATCH_GET: usize = 100;
const _: () = assert!(
    CHUNK_AGENTS + 2 <= MAX_BATCH_GET && *ALLOWED_SYNC_LIMITS.end() <= MAX_BATCH_GET,
    "the agents of a chunk are read together with its job and its progress"
);

/// The consistency of a read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Consistency {
    /// May miss the latest writes, for half the price.
    Eventual,
    /// Shows every write that was confirmed.
    Strong,
}

/// Keys to read, or items that were read, by table.
pub(crate) type ByTable = HashMap<String, Vec<Item>>;

impl Store {
    /// The items of up to [`MAX_BATCH_GET`] distinct keys in all, in any order. Missing ones are left out.
    pub(crate) async fn get_all(
        &self,
        mut keys: ByTable,
        consistency: Consistency,
    ) -> Result<ByTable, StoreError> {
        let mut found = ByTable::new();
        let mut tries = self.tries();
        loop {
            keys.retain(|_, keys| !keys.is_empty());
            if keys.is_empty() {
                return Ok(found);
            }
            let (items, unprocessed) = self.get_batch(&keys, consistency).await?;
            for (table, items) in items {
                found.entry(table).or_default().extend(items);
            }
            keys = unprocessed;
            let items = keys.values().map(Vec::len).sum();
            if items > 0 && !tries.again("BatchGetItem", "unprocessed keys").await {
                let rounds = tries.failed();
                return Err(StoreError::Unsettled { items, rounds });
            }
        }
    }

    /// The items there are, and the keys that were left unprocessed.
    async fn get_batch(
        &self,
        keys: &ByTable,
        consistency: Consistency,
    ) -> Result<(ByTable, ByTable), StoreError> {
        let wanted = |keys: &Vec<Item>| {
            let wanted = KeysAndAttributes::builder().set_keys(Some(keys.clone()));
            let wanted = wanted.consistent_read(consistency == Consistency::Strong);
            wanted.build().expect("the keys are set")
        };
        let wanted = keys
            .iter()
            .map(|(table, keys)| (table.clone(), wanted(keys)));
        let call = self.client.batch_get_item();
        let call = call.set_request_items(Some(wanted.collect()));
        let answer = self.call("BatchGetItem", || call.clone().send()).await?;
        let unprocessed = answer.unprocessed_keys.unwrap_or_default().into_iter();
        let unprocessed = unprocessed.map(|(table, rest)| (table, rest.keys));
        Ok((answer.responses.unwrap_or_default(), unprocessed.collect()))
    }
}
