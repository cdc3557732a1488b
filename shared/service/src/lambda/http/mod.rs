//! HTTP as API Gateway hands it over: reading requests, making answers, mapping errors.

mod error;
mod request;
mod response;

pub use error::HttpError;
pub use request::{authenticate, job_id, job_url, json_body, require_route};
pub use response::{answer, answer_within, json, set_header};
