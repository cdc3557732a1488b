//! The HTTP API: its contract, its description, and what it refuses.

mod authentication;
mod bad_input;
mod contract;
mod front;
mod gateway_events;
mod isolation;
mod openapi;
