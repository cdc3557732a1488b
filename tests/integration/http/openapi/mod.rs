//! The API's description and the service agree. `tests::answer::send` checks every answer that these tests receive;
//! [`undescribed_answers`] shows that this check can fail.

mod undescribed_answers;

use std::collections::BTreeSet;

use domain::ids::MAX_ID;
use domain::limits::{MAX_AGENT_IDS, MAX_IP_ADDRS, MAX_TEAM_IDS};
use domain::selection::AddressRange;
use reqwest::Method;
use serde_json::{Value, json};
use tests::answer::send;
use tests::openapi::{AnsweredRequest, Operation, file};
use tests::{Answer, TestStack};
use wire::http::SelectorsBody;
use wire::http::paths::{FORCE_LOGOUT_PATH, JOBS_PATH};

use crate::template;

fn force_logout() -> &'static Operation {
    file().operation("POST", FORCE_LOGOUT_PATH).unwrap()
}

/// The examples of a request body or an answer, by name.
fn examples(described: &'static Value) -> impl Iterator<Item = (&'static str, &'static Value)> {
    let examples = &described["content"]["application/json"]["examples"];
    let examples = examples.as_object().unwrap().iter();
    examples.map(|(name, example)| (name.as_str(), &example["value"]))
}

fn described(operation: &Operation) -> &'static Value {
    &file().document["paths"][&operation.path][operation.method.to_lowercase()]
}

/// An answer with this body, and the headers that every answer of the service has.
fn answer(status: u16, body: &Value) -> Answer {
    let mut headers = vec![
        ("cache-control".to_owned(), "no-store".to_owned()),
        ("content-type".to_owned(), "application/json".to_owned()),
    ];
    let own = match status {
        401 => Some(("www-authenticate", r#"Basic realm="apps-api""#)),
        503 => Some(("retry-after", "2")),
        _ => None,
    };
    // A 429 is an answer of the gateway.
    headers.retain(|(name, _)| status != 429 || name == "content-type");
    headers.extend(own.map(|(name, value)| (name.to_owned(), value.to_owned())));
    let text = body.to_string();
    Answer {
        status,
        headers,
        text,
    }
}

/// What is wrong with an answer to a valid request.
fn fault(operation: &Operation, answer: &Answer) -> Option<String> {
    let request = AnsweredRequest {
        method: &operation.method,
        path: &operation.path,
        body: br#"{"agent_ids":[11]}"#,
    };
    file().check(&request, answer).err()
}

#[test]
fn every_example_is_valid() {
    let mut count = 0;
    for operation in &file().operations {
        let described = described(operation);
        for (status, described) in described["responses"].as_object().unwrap() {
            for (name, body) in examples(described) {
                let answer = answer(status.parse().unwrap(), body);
                assert_eq!(fault(operation, &answer), None, "{name}");
                count += 1;
            }
        }
    }
    for (name, body) in examples(&described(force_logout())["requestBody"]) {
        let request = force_logout().request.as_ref().unwrap();
        assert!(request.is_valid(body), "{name}");
        assert!(is_accepted(body), "{name}");
        count += 1;
    }
    assert_eq!(count, 29);
}

/// The description cannot say that one of the arrays has an entry: clients generated from such a schema could not name agents
/// and a team in one request. It says so in words.
#[test]
fn a_body_without_any_entry_is_refused_by_the_code_alone() {
    let described = force_logout().request.as_ref().unwrap();
    for body in [
        json!({ "agent_ids": [] }),
        json!({ "agent_ids": [], "team_ids": [], "ip_addrs": [] }),
        json!({ "agent_ids": null, "ip_addrs": null }),
    ] {
        assert!(described.is_valid(&body) && !is_accepted(&body), "{body}");
    }
}

/// True if the code accepts a body.
fn is_accepted(body: &Value) -> bool {
    SelectorsBody::parse(body.to_string().as_bytes()).is_ok()
}

#[test]
fn every_example_of_the_contract_is_described() {
    let responses = &described(force_logout())["responses"];
    let job = file().operation("GET", &format!("{JOBS_PATH}105")).unwrap();
    let mut all: Vec<(String, &Value)> = examples(&described(force_logout())["requestBody"])
        .map(|(name, body)| (format!("request-{name}.json"), body))
        .collect();
    let answers = [
        &responses["200"],
        &responses["400"],
        &described(job)["responses"]["200"],
    ];
    let answers = answers.into_iter().flat_map(examples);
    all.extend(answers.map(|(name, body)| (format!("response-{name}.json"), body)));

    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures");
    for entry in std::fs::read_dir(folder).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        if !name.starts_with("request-") && !name.starts_with("response-") {
            continue;
        }
        let text = std::fs::read_to_string(format!("{folder}/{name}")).unwrap();
        let fixture: Value = serde_json::from_str(&text).unwrap();
        let example = all.iter().find(|(other, _)| *other == name);
        let (_, example) = example.unwrap_or_else(|| panic!("no example is {name}"));
        assert_eq!(with_added_keys(&fixture, example), **example, "{name}");
    }
}

/// The contract's example of a job has the documented keys only. The description adds more.
fn with_added_keys(fixture: &Value, example: &Value) -> Value {
    let (Some(fixture), Some(added)) = (fixture.as_object(), example.as_object()) else {
        return fixture.clone();
    };
    let mut all = added.clone();
    all.extend(fixture.clone());
    Value::Object(all)
}

#[tokio::test]
async fn described_routes_are_those_of_the_template_and_of_local() {
    let described: BTreeSet<String> = file()
        .operations
        .iter()
        .map(|operation| format!("{} {}", operation.method, operation.path))
        .collect();
    assert_eq!(described, template::routes());

    let stack = TestStack::start().await;
    for path in file().operations.iter().map(|operation| &operation.path) {
        for method in ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"] {
            let request = Method::from_bytes(method.as_bytes()).unwrap();
            let answer = send(stack.request(request, &path.replace("{id}", "1"))).await;
            let route = format!("{method} {path}");
            let expected = if described.contains(&route) { 401 } else { 404 };
            assert_eq!(answer.status, expected, "{route}");
        }
    }
}

#[test]
fn described_limits_are_those_of_the_code() {
    let schemas = &file().document["components"]["schemas"];
    let selectors = &schemas["Selectors"]["properties"];
    let limits = ["agent_ids", "team_ids"].map(|key| &selectors[key]["maxItems"]);
    let expected = [MAX_AGENT_IDS, MAX_TEAM_IDS].map(|limit| json!(limit));
    assert_eq!(limits, expected.each_ref());
    let ids = ["minimum", "maximum"].map(|bound| &schemas["Id"][bound]);
    assert_eq!(ids, [&json!(1), &json!(MAX_ID)]);
    for text in schemas["AddressText"]["examples"].as_array().unwrap() {
        assert!(
            AddressRange::parse(text.as_str().unwrap()).is_ok(),
            "{text}"
        );
    }
}

#[test]
fn description_and_code_refuse_the_same_bodies() {
    let described = force_logout().request.as_ref().unwrap();
    for (body, good) in [
        (json!({ "agent_ids": [1, MAX_ID] }), true),
        (json!({ "agent_ids": [], "team_ids": [1] }), true),
        (json!({ "agent_ids": [7, 7] }), true),
        (json!({ "ip_addrs": [" 10.0.0.1 - 10.0.0.9 "] }), true),
        (json!({ "ip_addrs": ["::/0", "::ffff:10.0.0.1"] }), true),
        (json!({ "agent_ids": vec![1; MAX_AGENT_IDS] }), true),
        (json!({ "agent_ids": vec![1; MAX_AGENT_IDS + 1] }), false),
        (json!({ "team_ids": vec![1; MAX_TEAM_IDS + 1] }), false),
        (json!({ "ip_addrs": vec!["::1"; MAX_IP_ADDRS + 1] }), true),
        (json!({ "ip_addrs": ["10.0.0.1\u{2013}10.0.0.9"] }), true),
        (json!({ "ip_addrs": ["10.0.0.0/255.0.0.0"] }), true),
        (json!({ "ip_addrs": ["10.1.*.*"] }), false),
        (json!({}), false),
        (json!([]), false),
        (json!({ "agent_ids": [1], "dryrun": true }), false),
        (json!({ "agent_ids": [1], "team_ids": null }), true),
        (json!({ "agent_ids": 1 }), false),
        (json!({ "agent_ids": ["1"] }), false),
        (json!({ "agent_ids": [0] }), false),
        (json!({ "agent_ids": [-1] }), false),
        (json!({ "agent_ids": [1.5] }), false),
        (json!({ "team_ids": [MAX_ID + 1] }), false),
        (json!({ "ip_addrs": [1] }), false),
        (json!({ "ip_addrs": [""] }), false),
        (json!({ "ip_addrs": ["10.0.0.9-10.0.0.1"] }), false),
        (json!({ "ip_addrs": ["10.0.0.1-::1"] }), false),
        (json!({ "ip_addrs": ["10.0.0.0/33"] }), false),
        (json!({ "ip_addrs": ["fe80::1%eth0"] }), false),
    ] {
        assert_eq!(
            (described.is_valid(&body), is_accepted(&body)),
            (good, good),
            "{body:.200}"
        );
    }
}
