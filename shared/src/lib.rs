//! Forced agent logout: what the functions share.
//!
//! Pure modules decide: [`request`] and [`selection`] (who is meant), [`address_range`], [`agent`], [`decision`] (what
//! happens to one agent), [`job`], [`message`], [`roster`]. [`store`] alone knows DynamoDB, [`queue`] alone knows SQS,
//! [`http`] alone maps errors to answers.
//! [`candidates`] and [`log_out`] join them, [`auth`] says who is calling, and [`app`] is what a function keeps.

pub mod address;
pub mod address_range;
pub mod agent;
pub mod app;
pub mod auth;
mod aws;
pub mod backoff;
pub mod batch;
pub mod bounded;
pub mod candidates;
pub mod decision;
pub mod event_sources;
pub mod http;
pub mod ids;
pub mod job;
pub mod log_out;
pub mod logging;
pub mod message;
pub mod presence;
pub mod presence_event;
pub mod queue;
pub mod request;
pub mod roster;
pub mod selection;
pub mod settings;
pub mod store;
pub mod tenant;
pub mod timestamp;
pub mod versioned;
