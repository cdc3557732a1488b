//! Imports of agents.

mod interleavings;
