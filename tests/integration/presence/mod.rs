//! Presence events, as the contact centre reports them.

mod addresses;
mod bodies;
mod crash_points;
mod events;
mod failures;
mod late_sign_ins;
mod order;
mod races;
mod schemas;
mod statuses;
