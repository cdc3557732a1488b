//! What a request does to one agent.

mod decision;

pub use decision::{
    Decision, LogoutChange, LogoutWrite, Outcome, SkipReason, TargetSession, decide,
};
