//! What was tried to make functions start sooner.

/// Of each thing tried, what it is, and what it did.
pub const TRIED: [(&str, &str, &str); 0] = [];
