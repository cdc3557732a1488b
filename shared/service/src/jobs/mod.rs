//! Background jobs: accepting, planning, and working on chunks.

mod accept_job;
mod error;
mod hand_over_plan;
mod log_out_chunk;
mod plan_job;

pub use accept_job::{AcceptJobError, accept_job};
pub use error::JobError;
pub use hand_over_plan::hand_over_plan;
pub use log_out_chunk::log_out_chunk;
pub use plan_job::plan_job;
