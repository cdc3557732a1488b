//! What the contact centre reports of agents, and what it changes.

mod event;
mod sign_in;
mod state;
mod status_change;
mod transition;

pub use event::{EventKind, PresenceEvent};
pub use state::{BufferedStatus, LastRequest, Presence};
pub use transition::{Transition, apply, pending_logout_transition};
