//! Background jobs: [`JobRef`] and [`AcceptedJob`], the [`Plan`] with its chunks, [`OutcomeCounts`], and the [`Job`] with its
//! status.

mod counts;
mod job;
mod job_ref;
mod plan;

pub use counts::OutcomeCounts;
pub use job::{Job, JobStatus};
pub use job_ref::{AcceptedJob, JobRef};
pub use plan::{Chunk, Plan, Progress};
