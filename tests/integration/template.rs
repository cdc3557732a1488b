//! The templates and the code agree.

mod event_sources;
mod for_each;
mod monitoring;
mod network;
mod tables;
mod variables;

use std::collections::{BTreeMap, BTreeSet};

use domain::limits::{
    ALLOWED_JOB_RETENTION_DAYS, ALLOWED_SYNC_LIMITS, DEFAULT_JOB_RETENTION_DAYS, DEFAULT_SYNC_LIMIT,
};
use serde_json::{Map, Value, json};
use tests::yaml;
use wire::http::paths::{FORCE_LOGOUT_PATH, JOBS_PATH};

use crate::permissions::{self, Permissions};

/// The template, with its loops expanded.
pub fn template() -> Value {
    for_each::expand(yaml::load("infra/template.yaml"))
}

fn resources<'t>(template: &'t Value, kind: &str) -> BTreeMap<&'t str, &'t Value> {
    let all = template["Resources"].as_object().unwrap();
    let of_kind = all.iter().filter(|(_, resource)| resource["Type"] == kind);
    of_kind
        .map(|(name, resource)| (name.as_str(), &resource["Properties"]))
        .collect()
}

/// The name and the properties of each function, `Globals` included, by the crate that it is built from.
fn functions(template: &Value) -> BTreeMap<String, (String, Value)> {
    let all = template["Resources"].as_object().unwrap();
    let functions = all
        .iter()
        .filter(|(_, resource)| resource["Type"] == "AWS::Serverless::Function");
    functions
        .map(|(name, resource)| {
            let binary = &resource["Metadata"]["BuildProperties"]["Binary"];
            let globals = &template["Globals"]["Function"];
            let properties = merged(globals, &resource["Properties"]);
            (
                binary.as_str().unwrap().to_owned(),
                (name.clone(), properties),
            )
        })
        .collect()
}

/// A function's properties with those of `Globals`, as SAM merges them.
fn merged(globals: &Value, own: &Value) -> Value {
    let (Value::Object(globals), Value::Object(own)) = (globals, own) else {
        return own.clone();
    };
    let mut all = globals.clone();
    for (name, value) in own {
        let value = match globals.get(name) {
            Some(global) => merged(global, value),
            None => value.clone(),
        };
        all.insert(name.clone(), value);
    }
    Value::Object(all)
}

/// The only event of a function.
fn event(template: &Value, binary: &str) -> Value {
    let (_, function) = &functions(template)[binary];
    let events = function["Events"].as_object().unwrap();
    assert_eq!(events.len(), 1, "{binary}");
    events.values().next().unwrap().clone()
}

#[test]
fn every_function_has_an_entry_and_every_entry_a_function() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../functions");
    let crates = std::fs::read_dir(folder).unwrap();
    let crates: BTreeSet<String> = crates
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    let template = template();
    let functions = functions(&template);
    assert_eq!(crates, functions.keys().cloned().collect());
    let logs = resources(&template, "AWS::Logs::LogGroup");
    for (binary, (name, function)) in functions {
        let stem = name.strip_suffix("Function").unwrap();
        assert_eq!(
            function["Role"],
            json!({ "GetAtt": format!("{stem}Role.Arn") })
        );
        assert_eq!(function["LoggingConfig"]["LogFormat"], "JSON", "{binary}");
        let log_group = format!("{stem}Logs");
        assert!(logs.contains_key(log_group.as_str()), "{binary}");
        assert_eq!(
            function["LoggingConfig"]["LogGroup"],
            json!({ "Ref": log_group })
        );
    }
    for (name, logs) in logs {
        assert_eq!(
            logs["RetentionInDays"],
            json!({ "Ref": "LogRetentionDays" }),
            "{name}"
        );
    }
}

/// The routes of the API, as `POST /path`.
pub fn routes() -> BTreeSet<String> {
    let template = template();
    let route = |binary: &str| {
        let event = event(&template, binary);
        assert_eq!(event["Type"], "HttpApi");
        let properties = &event["Properties"];
        format!(
            "{} {}",
            properties["Method"].as_str().unwrap(),
            properties["Path"].as_str().unwrap()
        )
    };
    BTreeSet::from(["force-logout", "job-status"].map(route))
}

#[test]
fn the_routes_are_those_of_the_contract() {
    let expected = [
        format!("POST {FORCE_LOGOUT_PATH}"),
        format!("GET {JOBS_PATH}{{id}}"),
    ];
    assert_eq!(routes(), BTreeSet::from(expected));
}

#[test]
fn defaults_and_bounds_are_those_of_the_code() {
    let template = template();
    for (name, default, bounds) in [
        ("SyncLimit", DEFAULT_SYNC_LIMIT, ALLOWED_SYNC_LIMITS),
        (
            "JobRetentionDays",
            DEFAULT_JOB_RETENTION_DAYS,
            ALLOWED_JOB_RETENTION_DAYS,
        ),
    ] {
        let parameter = &template["Parameters"][name];
        let expected = [default, *bounds.start(), *bounds.end()];
        let found = ["Default", "MinValue", "MaxValue"].map(|name| parameter[name].clone());
        assert_eq!(found, expected.map(|number| json!(number)), "{name}");
    }
}

#[tokio::test]
async fn every_role_allows_the_calls_that_its_function_makes_and_no_other() {
    let template = template();
    let roles = resources(&template, "AWS::IAM::Role");
    let policies = resources(&template, "AWS::IAM::Policy");
    let made = permissions::of_all_functions().await;
    assert_eq!([roles.len(), policies.len()], [made.len(); 2]);
    for (binary, (name, _)) in functions(&template) {
        let stem = name.strip_suffix("Function").unwrap();
        let mut expected = made[binary.as_str()].clone();
        let logs = format!("{stem}Logs.Arn");
        for action in ["logs:CreateLogStream", "logs:PutLogEvents"] {
            expected.insert((action.to_owned(), logs.clone()));
        }
        expected.extend(of_event_source(&event(&template, &binary)));

        let role = roles[format!("{stem}Role").as_str()];
        let policy = format!("{stem}Permissions");
        let attached = policies[policy.as_str()];
        assert_eq!(
            attached["Roles"],
            json!([{ "Ref": format!("{stem}Role") }]),
            "{binary}"
        );
        let of_role = role["Policies"].as_array().unwrap().iter();
        let documents = of_role.chain([attached]);
        assert_eq!(allowed(documents), expected, "{binary}");
        assert!(role["ManagedPolicyArns"].is_null(), "{binary}");
        // Lambda needs them when it connects the function to its queue or stream.
        let resource = &template["Resources"][&name];
        assert_eq!(resource["DependsOn"], json!(policy), "{binary}");
    }
}

/// What Lambda itself does with the function's role (AWS Lambda Developer Guide, "Using Lambda with Amazon SQS", "Using AWS
/// Lambda with Amazon DynamoDB").
fn of_event_source(event: &Value) -> Permissions {
    let properties = &event["Properties"];
    let (actions, resource) = match event["Type"].as_str().unwrap() {
        "SQS" => (
            &[
                "sqs:DeleteMessage",
                "sqs:GetQueueAttributes",
                "sqs:ReceiveMessage",
            ][..],
            &properties["Queue"],
        ),
        "DynamoDB" => (
            &[
                "dynamodb:DescribeStream",
                "dynamodb:GetRecords",
                "dynamodb:GetShardIterator",
            ][..],
            &properties["Stream"],
        ),
        _ => return Permissions::new(),
    };
    let mut all: Permissions = actions
        .iter()
        .map(|action| ((*action).to_owned(), arn(resource)))
        .collect();
    if event["Type"] == "DynamoDB" {
        let table = arn(resource).replace(".StreamArn", ".Arn/stream/*");
        all.insert(("dynamodb:ListStreams".to_owned(), table));
    }
    let on_failure = &properties["DestinationConfig"]["OnFailure"]["Destination"];
    if !on_failure.is_null() {
        all.insert(("sqs:SendMessage".to_owned(), arn(on_failure)));
    }
    all
}

fn arn(resource: &Value) -> String {
    let resource: &Map<String, Value> = resource.as_object().unwrap();
    let text = resource.get("GetAtt").or(resource.get("Sub")).unwrap();
    text.as_str().unwrap().replace("${", "").replace('}', "")
}

/// What policies allow together.
fn allowed<'p>(policies: impl Iterator<Item = &'p Value>) -> Permissions {
    let statements =
        policies.flat_map(|policy| policy["PolicyDocument"]["Statement"].as_array().unwrap());
    let mut all = Permissions::new();
    for statement in statements {
        assert_eq!(statement["Effect"], "Allow");
        for action in statement["Action"].as_array().unwrap() {
            let action = action.as_str().unwrap().to_owned();
            assert!(!action.contains('*'), "{action}");
            let permission = (action, arn(&statement["Resource"]));
            assert!(all.insert(permission), "a permission is given twice");
        }
    }
    all
}
