//! Whether an answer is as the file describes it.

use serde_json::{Value, json};

use super::{DescribedAnswer, DescribedHeader, OpenApi};
use crate::Answer;

/// Headers of the transport, which are no part of the API.
const TRANSPORT_HEADERS: [&str; 3] = ["connection", "content-length", "transfer-encoding"];

/// A request that was answered.
pub struct AnsweredRequest<'r> {
    /// In upper case.
    pub method: &'r str,
    /// Without a query.
    pub path: &'r str,
    /// Empty if there was none.
    pub body: &'r [u8],
}

impl OpenApi {
    /// Checks status, headers and body of an answer, and that the file allows a request that was accepted.
    ///
    /// # Errors
    /// What is not as described.
    pub fn check(&self, request: &AnsweredRequest, answer: &Answer) -> Result<(), String> {
        let status = answer.status;
        let Some(operation) = self.operation(request.method, request.path) else {
            if status != 404 {
                return Err(format!(
                    "status {status} of an operation that is not described"
                ));
            }
            return self.elsewhere.check(answer);
        };
        let described = operation.answers.get(&status);
        let described = described.ok_or_else(|| format!("status {status} is not described"))?;
        described.check(answer)?;
        match &operation.request {
            Some(schema) if status == 200 => {
                let body = serde_json::from_slice(request.body)
                    .map_err(|error| format!("the accepted request is not JSON: {error}"))?;
                fits(schema, &body).map_err(|fault| format!("the accepted request has {fault}"))
            }
            _ => Ok(()),
        }
    }
}

impl DescribedAnswer {
    fn check(&self, answer: &Answer) -> Result<(), String> {
        let content_type = answer.header("content-type");
        if content_type != Some(&self.content_type) {
            return Err(format!("its Content-Type is {content_type:?}"));
        }
        for header in &self.headers {
            header.check(answer.header(&header.name))?;
        }
        for (name, _) in &answer.headers {
            let described = self.headers.iter().any(|header| header.name == *name);
            if !described && name != "content-type" && !TRANSPORT_HEADERS.contains(&name.as_str()) {
                return Err(format!("the header {name} is not described"));
            }
        }
        let body = serde_json::from_str(&answer.text);
        let body = body.map_err(|error| format!("the body is not JSON: {error}"))?;
        fits(&self.body, &body)
    }
}

impl DescribedHeader {
    fn check(&self, value: Option<&str>) -> Result<(), String> {
        let name = &self.name;
        match value {
            None if self.required => Err(format!("the header {name} is missing")),
            None => Ok(()),
            Some(value) => fits(&self.value, &json!(value))
                .map_err(|fault| format!("the header {name} has {fault}")),
        }
    }
}

fn fits(schema: &jsonschema::Validator, value: &Value) -> Result<(), String> {
    let faults: Vec<String> = schema
        .iter_errors(value)
        .map(|fault| format!("{fault} (at {:?})", fault.instance_path().to_string()))
        .collect();
    if faults.is_empty() {
        Ok(())
    } else {
        Err(format!("a bad value: {}", faults.join("; ")))
    }
}
