//! The use cases of forced agent logout, and what the functions share of Lambda.
//!
//! In reading order:
//!
//! - [`clock`], [`authentication`]: the present time, and who calls;
//! - [`force_logout`]: logging agents out while the caller waits;
//! - [`jobs`]: accepting, planning and working on background jobs;
//! - [`presence_events`]: applying what the contact centre reports;
//! - [`pending_logouts`]: finishing pending logouts whose call or chat has ended;
//! - [`error_chain`]: errors in log lines;
//! - [`lambda`]: environment, HTTP, batches, deadlines, logging.

pub mod authentication;
pub mod clock;
pub mod error_chain;
pub mod force_logout;
pub mod jobs;
pub mod lambda;
pub mod pending_logouts;
pub mod presence_events;
