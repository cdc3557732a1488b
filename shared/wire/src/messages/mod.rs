//! The messages of the queues: [`JobMessage`] and [`presence_message`], each with its [`version`].

mod job_message;
pub mod presence_message;
pub mod version;

pub use job_message::JobMessage;
pub use presence_message::PresenceMessageError;
pub use version::MessageError;
