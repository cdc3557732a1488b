//! Single calls to DynamoDB: every one that a function makes goes through here, and is tried again by [`Retries`].
//!
//! [`Retries`]: crate::connection::Retries

use std::error::Error as StdError;

use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder;

use super::conditional_write::{ConditionalWrite, conditional_write};
use crate::error::StoreError;
use crate::items::attributes::Item;
use crate::store::Store;

impl Store {
    /// Makes a call, and again while it fails for a passing reason.
    pub(crate) async fn call<T, E, F>(
        &self,
        operation: &'static str,
        send: impl Fn() -> F,
    ) -> Result<T, StoreError>
    where
        F: Future<Output = Result<T, SdkError<E>>>,
        E: ProvideErrorMetadata + StdError + Send + Sync + 'static,
    {
        let answer = self.retries.call(operation, send).await;
        answer.map_err(StoreError::call(operation))
    }

    /// Makes a conditional write, in the same way. If the answer to a write that was applied got lost, it is rejected when it is
    /// sent again.
    pub(crate) async fn write_if<T, E, F>(
        &self,
        operation: &'static str,
        send: impl Fn() -> F,
    ) -> Result<ConditionalWrite, StoreError>
    where
        F: Future<Output = Result<T, SdkError<E>>>,
        E: ProvideErrorMetadata + StdError + Send + Sync + 'static,
    {
        conditional_write(self.retries.call(operation, send).await, operation)
    }

    /// Every item that a query finds, page by page. The SDK's paginator ends at the first page that fails; here a page is tried
    /// again like any call.
    pub(crate) async fn query_all(
        &self,
        query: &QueryFluentBuilder,
    ) -> Result<Vec<Item>, StoreError> {
        let mut items = Vec::new();
        let mut start = None;
        loop {
            let query = query.clone().set_exclusive_start_key(start);
            let page = self.call("Query", || query.clone().send()).await?;
            items.extend(page.items.unwrap_or_default());
            start = page.last_evaluated_key;
            if start.is_none() {
                return Ok(items);
            }
        }
    }
}
