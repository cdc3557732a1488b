//! Exhaustive and random tests that take minutes. Each goes further than the test of the same name in `tests/integration`.

mod crash_points;
mod interleavings;
mod pending_logout_model;
