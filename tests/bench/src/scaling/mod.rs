//! Limits on paper: how long a job takes on AWS, what keeps it from being faster, and what it costs.

pub mod bill;
pub mod costs;
pub mod deployment;
mod document;
pub mod limits;
mod one_invocation;
pub mod planning;
pub mod simulation;
mod sources;
mod variants;

pub use document::document;

#[cfg(test)]
mod tests;
