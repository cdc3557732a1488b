//! The messages of the queues: [`JobMessage`] and [`presence_message`], each with a version.

mod job_message;
pub mod presence_message;
mod version;

pub use job_message::JobMessage;
pub use version::MessageError;
