//! The messages of the queues: [`JobMessage`] and [`presence_message`], each with a version, and the
//! [`Subject`] of one that cannot be read.

mod envelope;
mod job_message;
pub mod presence_message;
mod subject;
mod version;

pub use job_message::JobMessage;
pub use subject::Subject;
pub use version::MessageError;
