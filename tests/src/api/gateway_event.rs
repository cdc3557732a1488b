//! Events as API Gateway sends them, recorded in `fixtures/events/`.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::value::{RawValue, to_raw_value};
use serde_json::{Value, json};

use crate::test_stack::token;

/// A recorded event.
#[must_use]
pub fn recorded(name: &str) -> Box<RawValue> {
    to_raw_value(&read(name)).unwrap()
}

/// A recorded event with the credentials of the tenant `acme` and with `change`.
pub fn changed(name: &str, change: impl FnOnce(&mut Value)) -> Box<RawValue> {
    let mut event = read(name);
    let credentials = BASE64_STANDARD.encode(format!("acme:{}", token("acme")));
    event["headers"]["authorization"] = json!(format!("Basic {credentials}"));
    change(&mut event);
    to_raw_value(&event).unwrap()
}

fn read(name: &str) -> Value {
    let path = format!("{}/fixtures/events/{name}.json", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}
