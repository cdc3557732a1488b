//! YAML files of the repository.

use saphyr::{LoadableYamlNode, Scalar, Yaml};
use serde_json::{Value, json};

/// A file as JSON, by its path from the repository's root. `!Ref x` becomes `{"Ref": "x"}`, as in templates written in
/// JSON; `!GetAtt x` becomes `{"GetAtt": "x"}`.
#[must_use]
pub fn load(path: &str) -> Value {
    let path = format!("{}/../{path}", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(path).unwrap();
    to_json(&Yaml::load_from_str(&text).unwrap()[0])
}

fn to_json(yaml: &Yaml) -> Value {
    match yaml {
        Yaml::Value(Scalar::Boolean(value)) => json!(value),
        Yaml::Value(Scalar::Integer(value)) => json!(value),
        Yaml::Value(Scalar::String(value)) => json!(value),
        Yaml::Sequence(values) => values.iter().map(to_json).collect(),
        Yaml::Mapping(entries) => {
            let entry = |(key, value)| (to_json(key).as_str().unwrap().to_owned(), to_json(value));
            Value::Object(entries.iter().map(entry).collect())
        }
        Yaml::Tagged(tag, value) => json!({ tag.suffix.as_str(): to_json(value) }),
        other => panic!("{other:?} is in no file of ours"),
    }
}
