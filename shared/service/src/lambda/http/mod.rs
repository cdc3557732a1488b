//! HTTP as API Gateway hands it over: reading requests, making answers, mapping errors.

mod error;
mod event;
mod request;
mod response;

pub use ::http::{Method, StatusCode, header};
pub use error::HttpError;
pub use event::Request;
pub use request::{
    authenticate, job_id, job_url, json_body, refuse_query_parameters, require_route,
};
pub use response::{Answer, answer, answer_within, json, set_header};
pub use serde_json::value::RawValue;
