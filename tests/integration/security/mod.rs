//! What `docs/security.md` promises and no other folder checks.

mod document;
mod gateway;
mod hostile_input;
mod privacy;
mod request_costs;
