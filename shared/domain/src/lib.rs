//! The pure part of forced agent logout. Nothing here waits, reads a clock or the environment, or knows AWS or HTTP: the
//! present time is an argument.
//!
//! In reading order:
//!
//! - [`ids`], [`tenant`], [`timestamp`], [`text`]: the values that everything else is made of;
//! - [`limits`]: the limits, each with its source;
//! - [`agents`]: an agent, their status and session, and the roster that a contact centre hands over;
//! - [`selection`]: which agents a request selects;
//! - [`logout`]: what a request does to one agent;
//! - [`presence`]: what the contact centre's events make of an agent, and when a pending logout is due;
//! - [`jobs`]: background jobs, their plans, chunks and counts;
//! - [`callers`]: credentials and API tokens.

pub mod agents;
pub mod callers;
pub mod ids;
pub mod jobs;
pub mod limits;
pub mod logout;
pub mod presence;
pub mod selection;
pub mod tenant;
pub mod text;
pub mod timestamp;
