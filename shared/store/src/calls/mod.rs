//! Calls to DynamoDB that several verbs make.

mod batch_get;
mod batch_write;
mod conditional_write;
mod single_call;
mod transaction;
mod update_expression;

pub(crate) use batch_get::ByTable;
pub use batch_get::{Consistency, MAX_BATCH_GET};
pub(crate) use batch_write::MAX_BATCH_WRITE;
pub use conditional_write::ConditionalWrite;
pub(crate) use conditional_write::conditional_write;
pub(crate) use transaction::{MAX_TRANSACTION_WRITES, delete, put, put_new};
pub(crate) use update_expression::UpdateExpression;
