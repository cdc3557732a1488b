//! The template and the code agree.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_dynamodb::types::TableDescription;
use logout::event_sources::{AGENTS_STREAM, JOBS, MAX_RETENTION_SECONDS, PRESENCE, QueueSettings};
use logout::http::{FORCE_LOGOUT_PATH, JOBS_PATH};
use logout::settings::{self, DEFAULT_JOB_RETENTION_DAYS, DEFAULT_SYNC_LIMIT, SYNC_LIMITS};
use serde_json::{Map, Value, json};
use tests::{TestStack, yaml};

use crate::permissions::{self, Permissions};

/// The tables of the template, by their names on one machine.
const TABLES: [(&str, &str); 4] = [
    ("AgentsTable", "agents"),
    ("TeamMembersTable", "team-members"),
    ("JobsTable", "jobs"),
    ("ApiTokensTable", "api-tokens"),
];

/// The template, read.
pub fn template() -> Value {
    yaml::load("infra/template.yaml")
}

fn resources<'t>(template: &'t Value, kind: &str) -> BTreeMap<&'t str, &'t Value> {
    let all = template["Resources"].as_object().unwrap();
    let of_kind = all.iter().filter(|(_, resource)| resource["Type"] == kind);
    of_kind
        .map(|(name, resource)| (name.as_str(), &resource["Properties"]))
        .collect()
}

/// The functions by the crate that each is built from.
fn functions(template: &Value) -> BTreeMap<String, (String, Value)> {
    let all = template["Resources"].as_object().unwrap();
    let functions = all
        .iter()
        .filter(|(_, resource)| resource["Type"] == "AWS::Serverless::Function");
    functions
        .map(|(name, resource)| {
            let binary = &resource["Metadata"]["BuildProperties"]["Binary"];
            let of = (name.clone(), resource["Properties"].clone());
            (binary.as_str().unwrap().to_owned(), of)
        })
        .collect()
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
    for (binary, (name, function)) in functions {
        let stem = name.strip_suffix("Function").unwrap();
        assert_eq!(
            function["Role"],
            json!({ "GetAtt": format!("{stem}Role.Arn") })
        );
        assert_eq!(function["LoggingConfig"]["LogFormat"], "JSON", "{binary}");
        let logs = json!({ "Ref": format!("{stem}Logs") });
        assert_eq!(function["LoggingConfig"]["LogGroup"], logs);
    }
    for (name, logs) in resources(&template, "AWS::Logs::LogGroup") {
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
fn every_variable_that_is_read_is_set_and_no_other() {
    let template = template();
    let globals = &template["Globals"]["Function"]["Environment"]["Variables"];
    let set: BTreeSet<&str> = globals
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    assert_eq!(set, BTreeSet::from(settings::VARIABLES));
    for (binary, (_, function)) in functions(&template) {
        assert!(function["Environment"].is_null(), "{binary}");
    }
}

#[test]
fn defaults_and_bounds_are_those_of_the_code() {
    let template = template();
    let sync_limit = &template["Parameters"]["SyncLimit"];
    let expected = [DEFAULT_SYNC_LIMIT, *SYNC_LIMITS.start(), *SYNC_LIMITS.end()];
    let found = ["Default", "MinValue", "MaxValue"].map(|name| sync_limit[name].clone());
    assert_eq!(found, expected.map(|number| json!(number)));
    let retention = &template["Parameters"]["JobRetentionDays"];
    let bounds = &settings::JOB_RETENTIONS_DAYS;
    let expected = [DEFAULT_JOB_RETENTION_DAYS, *bounds.start(), *bounds.end()];
    let found = ["Default", "MinValue", "MaxValue"].map(|name| retention[name].clone());
    assert_eq!(found, expected.map(|number| json!(number)));
}

#[test]
fn queues_and_what_they_feed_are_set_up_as_the_code_has_it() {
    let template = template();
    let queues = resources(&template, "AWS::SQS::Queue");
    for (name, binary, settings) in [
        ("JobsQueue", "logout-worker", JOBS),
        ("PresenceQueue", "presence", PRESENCE),
    ] {
        let QueueSettings {
            function_timeout_seconds,
            ..
        } = settings;
        let queue = queues[name];
        let visibility = settings.visibility_timeout_seconds();
        assert_eq!(visibility, 6 * function_timeout_seconds);
        assert_eq!(queue["VisibilityTimeout"], json!(visibility));
        assert_eq!(
            queue["MaximumMessageSize"],
            json!(settings.max_message_bytes)
        );
        let redrive = &queue["RedrivePolicy"];
        assert_eq!(
            redrive["maxReceiveCount"],
            json!(settings.max_receive_count)
        );
        let dead_letters = redrive["deadLetterTargetArn"]["GetAtt"].as_str().unwrap();
        assert!(queues.contains_key(dead_letters.strip_suffix(".Arn").unwrap()));

        let (_, function) = &functions(&template)[binary];
        assert_eq!(function["Timeout"], json!(function_timeout_seconds));
        let event = event(&template, binary);
        assert_eq!(event["Type"], "SQS");
        let source = &event["Properties"];
        assert_eq!(source["Queue"], json!({ "GetAtt": format!("{name}.Arn") }));
        assert_eq!(
            source["FunctionResponseTypes"],
            json!(["ReportBatchItemFailures"])
        );
        assert!(source["ScalingConfig"]["MaximumConcurrency"].is_object());
    }
    for (name, queue) in queues {
        assert_eq!(
            queue["MessageRetentionPeriod"],
            json!(MAX_RETENTION_SECONDS),
            "{name}"
        );
        assert_eq!(queue["SqsManagedSseEnabled"], json!(true), "{name}");
    }
}

#[test]
fn every_event_source_takes_reports_of_single_failures_and_loses_nothing() {
    let template = template();
    let queues = resources(&template, "AWS::SQS::Queue");
    let mut sources = 0;
    for (binary, (_, function)) in functions(&template) {
        for event in function["Events"].as_object().unwrap().values() {
            let source = &event["Properties"];
            let given_up = match event["Type"].as_str().unwrap() {
                "HttpApi" => continue,
                "SQS" => {
                    let queue = source["Queue"]["GetAtt"].as_str().unwrap();
                    let queue = queues[queue.strip_suffix(".Arn").unwrap()];
                    assert_eq!(source["BatchSize"], 10, "{binary}");
                    &queue["RedrivePolicy"]["deadLetterTargetArn"]
                }
                "DynamoDB" => &source["DestinationConfig"]["OnFailure"]["Destination"],
                other => panic!("{binary}: {other} is not known"),
            };
            let given_up = given_up["GetAtt"].as_str().unwrap();
            assert!(queues.contains_key(given_up.strip_suffix(".Arn").unwrap()));
            let reports = json!(["ReportBatchItemFailures"]);
            assert_eq!(source["FunctionResponseTypes"], reports, "{binary}");
            sources += 1;
        }
    }
    assert_eq!(sources, 3);
}

#[test]
fn a_single_failure_of_a_function_is_told_of() {
    let template = template();
    let alarms = resources(&template, "AWS::CloudWatch::Alarm");
    let functions = functions(&template);
    for (name, _) in functions.values() {
        let alarm =
            alarms[format!("{}ErrorsAlarm", name.strip_suffix("Function").unwrap()).as_str()];
        assert_eq!(alarm["Dimensions"][0]["Value"], json!({ "Ref": name }));
        let after = ["Threshold", "EvaluationPeriods"].map(|name| alarm[name].clone());
        assert_eq!(after, [json!(0), json!(1)]);
    }
}

#[test]
fn the_stream_feeds_its_function_as_the_code_has_it() {
    let template = template();
    let (_, function) = &functions(&template)["deferred-logout"];
    assert_eq!(
        function["Timeout"],
        json!(AGENTS_STREAM.function_timeout_seconds)
    );
    let event = event(&template, "deferred-logout");
    assert_eq!(event["Type"], "DynamoDB");
    let given_up = json!({ "GetAtt": "DeferredLogoutDeadLetters.Arn" });
    let expected = json!({
        "Stream": { "GetAtt": "AgentsTable.StreamArn" },
        "StartingPosition": "TRIM_HORIZON",
        "BatchSize": AGENTS_STREAM.batch_size,
        "FunctionResponseTypes": ["ReportBatchItemFailures"],
        "BisectBatchOnFunctionError": AGENTS_STREAM.bisect_on_error,
        "MaximumRetryAttempts": AGENTS_STREAM.max_retry_attempts,
        "DestinationConfig": { "OnFailure": { "Type": "SQS", "Destination": given_up } },
        "FilterCriteria": { "Filters": [{ "Pattern": AGENTS_STREAM.filter }] },
    });
    assert_eq!(event["Properties"], expected);
}

#[tokio::test]
async fn tables_are_those_that_are_created_on_one_machine() {
    let stack = TestStack::start().await;
    let template = template();
    let tables = resources(&template, "AWS::DynamoDB::Table");
    assert_eq!(tables.len(), TABLES.len());
    for (name, local_name) in TABLES {
        let describe = stack.dynamodb.describe_table().table_name(local_name);
        let created = describe.send().await.unwrap().table.unwrap();
        let table = tables[name];
        assert_eq!(table["KeySchema"], key_schema(&created), "{name}");
        assert_eq!(
            by_name(&table["AttributeDefinitions"]),
            attributes(&created),
            "{name}"
        );
        assert_eq!(table["BillingMode"], "PAY_PER_REQUEST");
        assert_eq!(
            indexes(&table["GlobalSecondaryIndexes"]),
            created_indexes(&created)
        );
        let stream = created.stream_specification();
        let stream = stream.and_then(|stream| stream.stream_view_type());
        let stream = stream.map(aws_sdk_dynamodb::types::StreamViewType::as_str);
        assert_eq!(
            table["StreamSpecification"]["StreamViewType"].as_str(),
            stream
        );
        let recovery = &table["PointInTimeRecoverySpecification"];
        assert_eq!(recovery["PointInTimeRecoveryEnabled"], json!(true));
        assert_eq!(table["SSESpecification"]["SSEEnabled"], json!(true));
        let resource = &template["Resources"][name];
        assert_eq!(resource["DeletionPolicy"], "Retain");
        assert_eq!(resource["UpdateReplacePolicy"], "Retain");
    }
    let expected = json!({ "AttributeName": "expires_at", "Enabled": true });
    assert_eq!(tables["JobsTable"]["TimeToLiveSpecification"], expected);
}

fn key_schema(table: &TableDescription) -> Value {
    let keys = table.key_schema().iter();
    keys.map(
        |key| json!({ "AttributeName": key.attribute_name(), "KeyType": key.key_type().as_str() }),
    )
    .collect()
}

fn attributes(table: &TableDescription) -> BTreeMap<String, String> {
    let attributes = table.attribute_definitions().iter();
    attributes
        .map(|attribute| {
            let kind = attribute.attribute_type().as_str().to_owned();
            (attribute.attribute_name().to_owned(), kind)
        })
        .collect()
}

fn by_name(definitions: &Value) -> BTreeMap<String, String> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let definitions = definitions.as_array().unwrap().iter();
    definitions
        .map(|definition| {
            (
                text(&definition["AttributeName"]),
                text(&definition["AttributeType"]),
            )
        })
        .collect()
}

fn indexes(indexes: &Value) -> Vec<Value> {
    indexes.as_array().cloned().unwrap_or_default()
}

fn created_indexes(table: &TableDescription) -> Vec<Value> {
    let indexes = table.global_secondary_indexes().iter();
    indexes
        .map(|index| {
            let keys: Vec<Value> = index
                .key_schema()
                .iter()
                .map(|key| json!({ "AttributeName": key.attribute_name(), "KeyType": key.key_type().as_str() }))
                .collect();
            let projection = index.projection().unwrap().projection_type().unwrap().as_str();
            json!({
                "IndexName": index.index_name(),
                "KeySchema": keys,
                "Projection": { "ProjectionType": projection },
            })
        })
        .collect()
}

#[tokio::test]
async fn every_role_allows_the_calls_that_its_function_makes_and_no_other() {
    let template = template();
    let roles = resources(&template, "AWS::IAM::Role");
    let made = permissions::of_all_functions().await;
    assert_eq!(roles.len(), made.len());
    for (binary, (name, _)) in functions(&template) {
        let stem = name.strip_suffix("Function").unwrap();
        let mut expected = made[binary.as_str()].clone();
        let logs = format!("{stem}Logs.Arn");
        for action in ["logs:CreateLogStream", "logs:PutLogEvents"] {
            expected.insert((action.to_owned(), logs.clone()));
        }
        expected.extend(of_event_source(&event(&template, &binary)));
        let role = roles[format!("{stem}Role").as_str()];
        assert_eq!(allowed(role), expected, "{binary}");
        assert!(role["ManagedPolicyArns"].is_null(), "{binary}");
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

fn allowed(role: &Value) -> Permissions {
    let policies = role["Policies"].as_array().unwrap();
    let statements = policies
        .iter()
        .flat_map(|policy| policy["PolicyDocument"]["Statement"].as_array().unwrap());
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
