//! Background jobs, from the request to the end of their retention.

mod accepting;
mod crash_points;
mod delivery_order;
mod failures;
mod messages;
mod outcomes;
mod snapshots;
mod status;
