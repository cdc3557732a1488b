//! Queues and the stream: messages, their delivery, and which of them are still to be handled.

pub mod invoke;
pub mod presence_messages;
pub mod test_queue;
mod unhandled_messages;

pub use unhandled_messages::UnhandledMessages;
