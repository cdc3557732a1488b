//! Presence events, as the contact centre reports them.

mod crash_points;
mod events;
mod failures;
mod order;
mod races;
mod schemas;
mod statuses;
