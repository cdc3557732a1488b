//! Agents: [`Agent`] with their [`AgentStatus`] and [`Session`], addresses ([`ip_address`], [`SignInAddress`]), and the
//! [`Roster`] that a contact centre hands over.

mod agent;
pub mod ip_address;
mod roster;
mod sign_in_address;
mod status;

pub use agent::{Agent, AgentDetails, PendingLogout, Profile, RequestId, Session};
pub use roster::{Roster, RosterAgent, SignIn};
pub use sign_in_address::SignInAddress;
pub use status::{AgentStatus, BusyStatusesError, Statuses};
