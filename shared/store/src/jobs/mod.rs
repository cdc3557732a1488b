//! The jobs table, for requests and workers.

mod chunks;
mod snapshots;
mod stored_jobs;

pub use chunks::ChunkState;
