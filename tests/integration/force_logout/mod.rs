//! Requests that are answered at once: what they cost, and agents who change meanwhile.

mod costs;
mod races;
mod throttling;
