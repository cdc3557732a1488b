//! The jobs table, for requests and workers.

mod chunks;
mod job_record;
mod snapshots;

pub use chunks::ChunkState;
