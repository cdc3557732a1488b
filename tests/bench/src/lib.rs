//! Counts what the service costs, and measures how fast it is, beside what else could be done. A module for each scenario
//! ([`ledger`], [`cold_start`], [`drain`], [`peer`], [`load`], [`scaling`]), each of which adds its section to the document;
//! [`results`] keeps what they find, [`document`], [`goal`] and [`plot`] show it; [`roster`] and [`backends`] are the agents, and
//! the DynamoDB and SQS, that they measure on.

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
