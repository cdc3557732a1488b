//! DynamoDB and SQS as verbs. Only this crate knows tables, attributes, statements and queues.
//!
//! In reading order:
//!
//! - [`Store`], the handle to DynamoDB, with its [`TableNames`] and [`StoreError`];
//! - `items`: what the tables hold;
//! - `calls`: reading and writing many items, conditional writes;
//! - `agents`, `jobs`, `tokens`: the verbs of requests, workers and events, as methods of [`Store`];
//! - [`JobQueue`]: sending to the queues `plans` and `jobs`;
//! - [`operator`]: imports, scans, creating tables and tokens, apart from the path of requests;
//! - [`connection`]: region, credentials, TLS, time limits, retries.

mod agents;
mod calls;
pub mod connection;
mod error;
mod items;
mod job_queue;
mod jobs;
pub mod operator;
mod store;
mod tables;
mod tokens;

pub use agents::{
    FoundAgents, LogoutResult, PresenceWrite, SeenAgent, StreamedAgent, pending_logout_records,
};
pub use calls::{ConditionalWrite, Consistency, MAX_BATCH_GET};
pub use error::StoreError;
pub use items::ip_sort_key::ip_sort_key;
pub use job_queue::{JobQueue, QueueError};
pub use jobs::ChunkState;
pub use store::Store;
pub use tables::TableNames;
