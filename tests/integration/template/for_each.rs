//! Loops of the templates (`Fn::ForEach`), expanded as AWS expands them (its Template Reference).

use serde_json::{Map, Value, json};

const PREFIX: &str = "Fn::ForEach::";

/// The template with every loop of its resources expanded.
pub fn expand(mut template: Value) -> Value {
    let mut expanded = Map::new();
    for (name, resource) in template["Resources"].as_object().unwrap() {
        if !name.starts_with(PREFIX) {
            expanded.insert(name.clone(), resource.clone());
            continue;
        }
        let [identifier, members, fragment] = &resource.as_array().unwrap()[..] else {
            panic!("{name} is no loop");
        };
        for member in members.as_array().unwrap() {
            let turn = Turn {
                identifier: identifier.as_str().unwrap(),
                member: member.as_str().unwrap(),
                mappings: &template["Mappings"],
            };
            for (name, resource) in fragment.as_object().unwrap() {
                let earlier = expanded.insert(turn.text(name), turn.value(resource));
                assert!(earlier.is_none(), "{name} is there twice");
            }
        }
    }
    template["Resources"] = Value::Object(expanded);
    template
}

/// One turn of a loop.
struct Turn<'t> {
    identifier: &'t str,
    member: &'t str,
    mappings: &'t Value,
}

impl Turn<'_> {
    fn text(&self, text: &str) -> String {
        text.replace(&format!("${{{}}}", self.identifier), self.member)
    }

    fn value(&self, value: &Value) -> Value {
        match value {
            Value::Array(values) => values.iter().map(|value| self.value(value)).collect(),
            Value::Object(entries) => {
                let entry = |(key, value): (&String, &Value)| (key.clone(), self.value(value));
                self.function(entries.iter().map(entry).collect())
            }
            other => other.clone(),
        }
    }

    /// The result of an intrinsic function, as far as it is known from the template. Its arguments are expanded already.
    fn function(&self, entries: Map<String, Value>) -> Value {
        let Some((name, argument)) = entries.iter().next().filter(|_| entries.len() == 1) else {
            return Value::Object(entries);
        };
        let texts = argument.as_array().map(|texts| {
            let texts = texts.iter().map(|text| text.as_str());
            texts.collect::<Option<Vec<&str>>>()
        });
        match (name.as_str(), argument, texts.flatten().as_deref()) {
            ("Ref", Value::String(name), _) if name == self.identifier => json!(self.member),
            ("Sub", Value::String(text), _) => match self.text(text) {
                text if text.contains("${") => json!({ "Sub": text }),
                text => json!(text),
            },
            ("GetAtt", _, Some([resource, attribute])) => {
                json!({ "GetAtt": format!("{resource}.{attribute}") })
            }
            ("FindInMap", _, Some([map, key, name])) => self.mappings[map][key][name].clone(),
            _ => Value::Object(entries),
        }
    }
}
