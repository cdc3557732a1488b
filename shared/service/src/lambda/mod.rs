//! What belongs to Lambda: the [`environment`], [`http`] from API Gateway, batches of messages and records
//! ([`partial_batch_response`], [`job_messages`], [`deadline`]), the settings of [`queue_settings`] and [`stream_settings`], and [`logging`].

pub mod deadline;
pub mod environment;
pub mod http;
pub mod job_messages;
pub mod logging;
pub mod partial_batch_response;
pub mod queue_settings;
pub mod stream_settings;
