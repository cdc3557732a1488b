//! Counts what the service costs, and measures how fast it is, beside what else could be done.

pub mod backends;
pub mod cold_start;
pub mod document;
pub mod drain;
pub mod goal;
pub mod ledger;
pub mod load;
pub mod peer;
pub mod plot;
mod progress;
pub mod results;
pub mod roster;
pub mod runtime_api;
pub mod scaling;
pub mod usage;
