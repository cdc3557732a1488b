//! The HTTP API of this machine.

mod api_docs;
mod gateway_event;
pub mod http_front;

pub use api_docs::PAGE_PATH;
