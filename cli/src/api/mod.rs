//! The service, called over HTTP as any client calls it.

mod answer;
pub mod client;
mod failure;
pub mod job;
pub mod logout_answer;
