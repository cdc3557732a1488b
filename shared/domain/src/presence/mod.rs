//! What the contact centre reports of agents, and what it changes.

mod event;
mod transition;

pub use event::{EventKind, PresenceEvent};
pub use transition::{BufferedStatus, Presence, Transition, apply, pending_logout_transition};
