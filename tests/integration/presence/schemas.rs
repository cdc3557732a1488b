//! The JSON Schemas of presence events, the code that reads those events, and the examples of the guide agree.

use std::fs;

use domain::agents::Statuses;
use domain::timestamp::Timestamp;
use jsonschema::Validator;
use serde_json::{Value, json};
use wire::messages::presence_message;

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
/// After every event of the samples, and by less than a day.
const NOW: &str = "2026-11-22T18:00:00Z";
/// The kinds of event, and the schema of each.
const SCHEMAS: [(&str, &str); 3] = [
    ("signed_in", "signed-in"),
    ("status_changed", "status-changed"),
    ("signed_out", "signed-out"),
];

/// The schema of one kind of event.
struct Schema {
    event: &'static str,
    document: Value,
    validator: Validator,
}

impl Schema {
    fn read_all() -> [Self; 3] {
        SCHEMAS.map(|(event, name)| {
            let path = format!("{ROOT}/docs/presence-events/{name}.schema.json");
            let document = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
            let validator = jsonschema::draft202012::options()
                .should_validate_formats(true)
                .build(&document)
                .unwrap();
            Self {
                event,
                document,
                validator,
            }
        })
    }

    /// An event of this kind, as the schema itself shows one.
    fn example(&self) -> Value {
        self.document["examples"][0].clone()
    }

    /// That example with another value in one place; `null` stands for itself.
    fn with(&self, key: &str, value: &Value) -> Value {
        let mut event = self.example();
        event[key] = value.clone();
        event
    }

    fn without(&self, key: &str) -> Value {
        let mut event = self.example();
        event.as_object_mut().unwrap().remove(key);
        event
    }

    fn accepts(&self, event: &Value) -> bool {
        self.validator.is_valid(event)
    }

    fn requires(&self, key: &str) -> bool {
        let required = self.document["required"].as_array().unwrap();
        required.contains(&json!(key))
    }
}

fn code_accepts(body: &str) -> bool {
    let now = Timestamp::parse_rfc3339(NOW).unwrap();
    presence_message::parse(body, &Statuses::default(), now).is_ok()
}

/// Fails unless schema and code both accept the event, or both refuse it.
fn assert_both(schema: &Schema, event: &Value, accept: bool) {
    let accepted = (schema.accepts(event), code_accepts(&event.to_string()));
    assert_eq!(accepted, (accept, accept), "{}: {event}", schema.event);
}

#[test]
fn schemas_and_code_accept_the_examples_of_the_guide() {
    let guide = fs::read_to_string(format!("{ROOT}/docs/integrating.md")).unwrap();
    let blocks = guide.split("```json\n").skip(1);
    let blocks = blocks.map(|rest| rest.split("```").next().unwrap());
    let schemas = Schema::read_all();
    let mut examples = [0; 3];
    for line in blocks.flat_map(str::lines) {
        let Some(event) = serde_json::from_str::<Value>(line).ok() else {
            continue;
        };
        let Some(kind) = event.get("event") else {
            continue;
        };
        let index = schemas.iter().position(|schema| schema.event == kind);
        let index = index.unwrap_or_else(|| panic!("no schema is of {event}"));
        assert_both(&schemas[index], &event, true);
        examples[index] += 1;
    }
    assert!(examples.iter().all(|count| *count > 0), "{examples:?}");
}

#[test]
fn schemas_and_code_accept_the_examples_of_the_schemas() {
    for schema in Schema::read_all() {
        for event in schema.document["examples"].as_array().unwrap() {
            assert_eq!(event["event"], schema.event);
            assert_both(&schema, event, true);
        }
    }
}

#[test]
fn an_event_fits_the_schema_of_its_kind_only() {
    let schemas = Schema::read_all();
    for of_event in &schemas {
        for schema in &schemas {
            let is_same = schema.event == of_event.event;
            assert_eq!(schema.accepts(&of_event.example()), is_same);
        }
    }
}

#[test]
fn schemas_and_code_require_the_same_keys() {
    for schema in Schema::read_all() {
        for key in ["v", "tenant", "agent_id", "at", "event", "ip", "status"] {
            assert_both(&schema, &schema.without(key), !schema.requires(key));
        }
        assert_both(
            &schema,
            &schema.with("queue", &json!({ "name": "sales" })),
            true,
        );
    }
}

/// Fails unless schema and code accept the same values of a key.
fn assert_values(schema: &Schema, key: &str, good: &Value, bad: &Value) {
    for (values, accept) in [(good, true), (bad, false)] {
        for value in values.as_array().unwrap() {
            assert_both(schema, &schema.with(key, value), accept);
        }
    }
}

#[test]
fn schemas_and_code_accept_the_same_versions_and_kinds() {
    for schema in Schema::read_all() {
        assert_values(&schema, "v", &json!([1]), &json!([0, 2, "1", true, null]));
        let bad = json!(["signed_up", "", 0, null]);
        assert_values(&schema, "event", &json!([schema.event]), &bad);
    }
}

#[test]
fn schemas_and_code_accept_the_same_tenants_and_agents() {
    let (longest, too_long) = ("a".repeat(63), "a".repeat(64));
    let max_id = (1_u64 << 53) - 1;
    for schema in Schema::read_all() {
        let good = json!(["a", "9-lives", longest]);
        let bad = json!([
            "", "Acme", "-acme", "acme-", "ac#me", "a.b", "é", too_long, 7, null
        ]);
        assert_values(&schema, "tenant", &good, &bad);
        let good = json!([1, max_id]);
        let bad = json!([0, -1, 1.5, max_id + 1, "11", null]);
        assert_values(&schema, "agent_id", &good, &bad);
    }
}

#[test]
fn schemas_and_code_accept_the_same_times() {
    let good = json!([
        "2026-11-22T08:00:00Z",
        "2026-11-22T08:00:00.123456789Z",
        "2026-11-22T09:00:00.123+01:00",
        "2026-11-22t08:00:00z",
        "1969-12-31T23:59:59.999-00:30",
    ]);
    let bad = json!([
        "2026-11-22",
        "2026-11-22T08:00Z",
        "2026-11-22T08:00:00",
        "2026-11-22T24:00:00Z",
        "2026-13-22T08:00:00Z",
        "2026-02-30T08:00:00Z",
        "2026-11-22T08:00:00.Z",
        "20261122T080000Z",
        "",
        1_795_334_400_000_u64,
        null,
    ]);
    for schema in Schema::read_all() {
        assert_values(&schema, "at", &good, &bad);
    }
}

#[test]
fn schemas_and_code_accept_the_same_statuses() {
    let good = ["In-call", "in_call", " lunch ", "☕", &"é".repeat(64)].map(Value::from);
    let bad = [
        "",
        " ",
        "\t\n",
        "Bre\nak",
        "Bre\u{1b}ak",
        "Bre\u{2028}ak",
        "Bre\u{200b}ak",
        "Bre\u{202e}ak",
        &"x".repeat(65),
    ]
    .map(Value::from);
    for schema in Schema::read_all() {
        let is_used = schema.document["properties"].get("status").is_some();
        for status in &good {
            assert_both(&schema, &schema.with("status", status), true);
        }
        for status in bad.iter().chain(&[json!(7)]) {
            assert_both(&schema, &schema.with("status", status), !is_used);
        }
        let null = schema.with("status", &Value::Null);
        assert_both(&schema, &null, !schema.requires("status"));
        for offline in ["Offline", "OFFLINE", " off-line"] {
            let offline = schema.with("status", &json!(offline));
            assert_both(&schema, &offline, schema.event != "signed_in");
        }
    }
}

#[test]
fn schemas_and_code_accept_a_sign_in_whatever_its_address_is() {
    for schema in Schema::read_all() {
        for address in [
            json!("34.211.11.7"),
            json!("34.211.11.7:51008"),
            json!("office"),
            json!(""),
            json!(7),
            json!(["34.211.11.7"]),
            Value::Null,
        ] {
            assert_both(&schema, &schema.with("ip", &address), true);
        }
    }
}

/// What the guide says that no schema can: the code alone refuses these.
#[test]
fn a_schema_cannot_say_everything() {
    for schema in Schema::read_all() {
        let ahead = schema.with("at", &json!("2026-11-22T18:02:00.001Z"));
        assert!(schema.accepts(&ahead) && !code_accepts(&ahead.to_string()));
        let in_time = schema.with("at", &json!("2026-11-22T18:02:00Z"));
        assert_both(&schema, &in_time, true);

        let body = schema.example().to_string();
        let twice = body.replacen('{', r#"{"tenant":"acme","#, 1);
        let fraction = body.replace("\"agent_id\":11", "\"agent_id\":11.0");
        for body in [twice, fraction] {
            let event: Value = serde_json::from_str(&body).unwrap();
            assert!(schema.accepts(&event) && !code_accepts(&body), "{body}");
        }
    }
}
