//! Every serialized shape of the service: what callers, queues, tables and rosters hold, apart from the domain, with the
//! conversions to and from it.
//!
//! In reading order:
//!
//! - [`http`]: requests and answers of the API;
//! - [`messages`]: the messages of the queues;
//! - [`stored`]: JSON inside items of the tables;
//! - [`rosters`]: files of agents.

pub mod http;
mod json_object;
pub mod messages;
pub mod rosters;
pub mod stored;

pub use json_object::{KeyError, ObjectError};
