//! Counts what the service costs, and measures how fast it is, beside what else could be done.

pub mod cold_start;
pub mod document;
pub mod results;
pub mod runtime_api;
