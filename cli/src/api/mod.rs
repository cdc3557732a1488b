//! The service, called over HTTP as any client calls it.

mod answer;
pub mod client;
mod failure;
pub mod job_poll;
pub mod logout_answer;
