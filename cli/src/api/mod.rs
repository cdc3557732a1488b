//! The service, called over HTTP as any client calls it.

mod body;
pub mod client;
pub mod failure;
pub mod job_poll;
pub mod logout_answer;
