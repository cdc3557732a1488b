//! Events as API Gateway sends them, recorded in `fixtures/events/`.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use lambda_http::Request;
use serde_json::{Value, json};

use crate::test_stack::token;

/// The request of a recorded event.
#[must_use]
pub fn recorded(name: &str) -> Request {
    request(&read(name))
}

/// The request of a recorded event, with the credentials of the tenant `acme` and with `change`.
pub fn changed(name: &str, change: impl FnOnce(&mut Value)) -> Request {
    let mut event = read(name);
    let credentials = BASE64_STANDARD.encode(format!("acme:{}", token("acme")));
    event["headers"]["authorization"] = json!(format!("Basic {credentials}"));
    change(&mut event);
    request(&event)
}

fn read(name: &str) -> Value {
    let path = format!("{}/fixtures/events/{name}.json", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn request(event: &Value) -> Request {
    lambda_http::request::from_str(&event.to_string()).unwrap()
}
