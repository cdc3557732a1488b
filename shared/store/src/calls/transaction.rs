//! Writing several items together, or none of them.

use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::builders::PutBuilder;
use aws_sdk_dynamodb::types::{Delete, Put, TransactWriteItem};

use super::conditional_write::ConditionalWrite;
use crate::error::StoreError;
use crate::items::attributes::Item;
use crate::store::Store;

/// `TransactWriteItems` takes at most that many writes, each of another item (Amazon DynamoDB API Reference).
pub(crate) const MAX_TRANSACTION_WRITES: usize = 100;
/// The reasons of a cancelled transaction, for one of its writes, that pass by themselves: a simultaneous write of the item, or
/// a throttle.
const PASSING_REASONS: [&str; 3] = [
    "TransactionConflict",
    "ProvisionedThroughputExceeded",
    "ThrottlingError",
];

impl Store {
    /// Makes every write, or none if the condition of one does not hold. Safe to repeat for writes whose conditions are no
    /// longer true once they are made. The SDK's own retries of a call have its token, so they apply it once.
    pub(crate) async fn write_together(
        &self,
        writes: Vec<TransactWriteItem>,
    ) -> Result<ConditionalWrite, StoreError> {
        let call = self.client.transact_write_items();
        let answer = call.set_transact_items(Some(writes)).send().await;
        match answer {
            Ok(_) => Ok(ConditionalWrite::Applied),
            Err(error) => cancelled(error),
        }
    }
}

fn cancelled(error: SdkError<TransactWriteItemsError>) -> Result<ConditionalWrite, StoreError> {
    let operation = "TransactWriteItems";
    let Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) =
        error.as_service_error()
    else {
        return Err(StoreError::call(operation)(error));
    };
    let codes = cancelled.cancellation_reasons().iter();
    let mut codes = codes.filter_map(|reason| reason.code());
    if codes.clone().any(|code| code == "ConditionalCheckFailed") {
        return Ok(ConditionalWrite::Rejected);
    }
    Err(StoreError::Call {
        operation,
        transient: codes.all(|code| code == "None" || PASSING_REASONS.contains(&code)),
        source: Box::new(error),
    })
}

/// Puts an item, over that of the same key.
pub(crate) fn put(table: &str, item: Item) -> TransactWriteItem {
    let put = Put::builder().table_name(table).set_item(Some(item));
    TransactWriteItem::builder().put(complete(put)).build()
}

/// Puts an item, unless there is one with this attribute.
pub(crate) fn put_new(table: &str, item: Item, attribute: &str) -> TransactWriteItem {
    let put = Put::builder().table_name(table).set_item(Some(item));
    let put = put.condition_expression(format!("attribute_not_exists({attribute})"));
    TransactWriteItem::builder().put(complete(put)).build()
}

fn complete(put: PutBuilder) -> Put {
    put.build().expect("table and item are set")
}

/// Deletes the item of a key, present or not.
pub(crate) fn delete(table: &str, key: Item) -> TransactWriteItem {
    let delete = Delete::builder().table_name(table).set_key(Some(key));
    let delete = delete.build().expect("table and key are set");
    TransactWriteItem::builder().delete(delete).build()
}
