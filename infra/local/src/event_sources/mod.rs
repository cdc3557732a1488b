//! What invokes the functions that have no HTTP route, as Lambda's event source mappings do.

mod invocation;
pub mod queue_poller;
pub mod stream_poller;
pub mod stream_reader;
pub mod stream_report;
