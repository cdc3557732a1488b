//! The service from outside: HTTP in, HTTP out, over an embedded DynamoDB.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod authentication;
mod bad_input;
mod contract;
mod costs;
mod crash_points;
mod delivery_order;
mod gateway_events;
mod isolation;
mod job_messages;
mod jobs;
mod openapi;
mod pending_logouts;
mod pending_model;
mod permissions;
mod presence;
mod presence_crash_points;
mod presence_messages;
mod privacy;
mod races;
mod security;
mod template;
mod throttling;
