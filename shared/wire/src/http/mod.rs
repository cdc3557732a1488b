//! What the HTTP API takes and answers: [`paths`], the `Authorization` header, and the bodies of requests and answers.

mod agent_row;
mod authorization;
mod error_body;
mod faults;
mod job_body;
pub mod paths;
mod selectors_body;

pub use agent_row::AgentRow;
pub use authorization::basic_credentials;
pub use error_body::{ErrorBody, NO_AGENT_FOUND};
pub use faults::{Faults, quoted};
pub use job_body::{AcceptedJobBody, JobBody};
pub use selectors_body::{SelectorsBody, SelectorsError};
