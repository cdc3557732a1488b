//! The service from outside: HTTP in, HTTP out, over an embedded DynamoDB and SQS.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod force_logout;
mod http;
mod imports;
mod jobs;
mod pending_logouts;
mod permissions;
mod presence;
mod security;
mod template;
#[cfg(feature = "virtual-time")]
mod time_limits;
