//! The JSON Schemas of the file.

use domain::selection::AddressRange;
use jsonschema::Validator;
use serde_json::{Value, json};

/// A part of the document, with every `$ref` resolved.
pub fn resolved(part: &Value, document: &Value) -> Value {
    match part {
        Value::Array(values) => values
            .iter()
            .map(|value| resolved(value, document))
            .collect(),
        Value::Object(entries) => {
            if let Some(reference) = entries.get("$ref") {
                let pointer = reference.as_str().unwrap().strip_prefix('#').unwrap();
                let meant = document.pointer(pointer);
                return resolved(meant.expect("a $ref is resolvable"), document);
            }
            let entries = entries.iter();
            entries
                .map(|(key, value)| (key.clone(), resolved(value, document)))
                .collect()
        }
        other => other.clone(),
    }
}

/// The schema without additional keys. Callers must expect more keys; the service must not have any that are not described.
pub fn closed(schema: &Value) -> Value {
    match schema {
        Value::Array(values) => values.iter().map(closed).collect(),
        Value::Object(entries) => {
            let mut entries: serde_json::Map<_, _> = entries
                .iter()
                .map(|(key, value)| (key.clone(), closed(value)))
                .collect();
            if entries.get("type") == Some(&json!("object")) {
                entries.insert("additionalProperties".to_owned(), json!(false));
            }
            Value::Object(entries)
        }
        other => other.clone(),
    }
}

/// Checks values against a schema, formats included.
pub fn validator(schema: &Value) -> Validator {
    let options = jsonschema::draft202012::options()
        .should_validate_formats(true)
        .should_ignore_unknown_formats(false)
        .with_format("int64", |_: &str| true)
        .with_format("address-range", |text: &str| {
            AddressRange::parse(text).is_ok()
        });
    options.build(schema).expect("the file has valid schemas")
}
