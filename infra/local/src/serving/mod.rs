//! Serving HTTP to callers who may be slow, idle or strangers.

pub mod connections;
pub mod foreign_requests;
pub mod request_body;
