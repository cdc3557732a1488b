//! The HTTP API: what callers send, get, and are promised by its description.

pub mod answer;
pub mod gateway_event;
pub mod openapi;
