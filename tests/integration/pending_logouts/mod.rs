//! Pending logouts that the stream of the agents table finishes, and a model of all pending logouts.

mod model;
mod stream_poller;
mod stream_records;
