//! The permissions that each function needs: those of the AWS calls that it makes in scenarios that take every path.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use aws_lambda_events::dynamodb::EventRecord;
use serde_json::{Value, json};
use tests::presence_messages::{of_agent, status_changed};
use tests::test_queue::message;
use tests::{Act, Call, TestStack, agent, gateway_event};

/// Actions, each with the resource of the template that it is allowed on.
pub type Permissions = BTreeSet<(String, String)>;

/// What each function needs, by the name of its crate.
pub async fn of_all_functions() -> BTreeMap<&'static str, Permissions> {
    let stack = TestStack::start_with(2, None).await;
    let agents = (1..=5).map(|id| agent(id, "lunch", &[7]));
    stack.add("acme", &agents.collect::<Vec<_>>()).await;
    let seen = watch(&stack);
    let take = || std::mem::take(&mut *seen.lock().unwrap());
    let mut all = BTreeMap::new();

    post_requests(&stack).await;
    all.insert("force-logout", take());
    all.insert("job-status", of_job_status().await);
    plan_job(&stack).await;
    all.insert("job-planner", take());
    work_off_job(&stack).await;
    all.insert("logout-worker", take());
    report_events(&stack).await;
    all.insert("presence", take());
    let records = records_of_an_ended_call(&stack).await;
    take();
    stack.invoke.pending_logouts(records).await;
    all.insert("pending-logouts", take());
    all
}

/// Posts requests that are answered at once, and one that becomes a job.
async fn post_requests(stack: &TestStack) {
    for body in [
        json!({ "agent_ids": [1] }),
        json!({ "team_ids": [8], "ip_addrs": ["10.9.9.9"] }),
        json!({ "agent_ids": [3, 4, 404], "team_ids": [7], "ip_addrs": ["10.0.0.1"] }),
    ] {
        let request = gateway_event::changed("force-logout", |event| {
            event["body"] = json!(body.to_string());
        });
        stack.functions.force_logout.handle(&request).await;
    }
}

/// In a process that has not verified the token yet.
async fn of_job_status() -> Permissions {
    let stack = TestStack::start().await;
    let seen = watch(&stack);
    let request = gateway_event::changed("job-status", |_| {});
    stack.functions.job_status.handle(&request).await;
    std::mem::take(&mut *seen.lock().unwrap())
}

/// Delivers the plan of a job whose item was not written.
async fn plan_job(stack: &TestStack) {
    delete_jobs(stack).await;
    assert!(stack.deliver_plans().await.is_empty());
}

/// Delivers the chunks of that job, and a plan as it was in their queue up to 0.2.0.
async fn work_off_job(stack: &TestStack) {
    let event: Value =
        serde_json::from_str(include_str!("../fixtures/events/logout-worker.json")).unwrap();
    let old_plan = event["Records"][0]["body"].as_str().unwrap();
    stack.jobs.send(old_plan).await;
    assert!(stack.deliver_jobs().await.is_empty());
    stack.leaves_messages();
}

async fn report_events(stack: &TestStack) {
    for (agent_id, status) in [(3, "In-call"), (3, "Break"), (1, "Break")] {
        let body = of_agent(agent_id, &status_changed("07:30:00", status));
        stack.invoke.presence(vec![message("event", &body)]).await;
    }
}

/// The records of the stream after a call with a pending logout has ended.
async fn records_of_an_ended_call(stack: &TestStack) -> Vec<EventRecord> {
    stack.set_status("acme", 5, "In-call").await;
    let request = json!({ "agent_ids": [5] });
    stack.post_force_logout("acme", &request).await;
    stack.set_status("acme", 5, "Break").await;
    let records = stack.records();
    assert!(!records.is_empty());
    records
}

/// Records the permissions of every call from now on.
fn watch(stack: &TestStack) -> Arc<Mutex<Permissions>> {
    let seen = Arc::new(Mutex::new(Permissions::new()));
    let recorded = seen.clone();
    stack.aws_calls.script(move |call| {
        recorded.lock().unwrap().extend(permissions(call));
        Act::Forward
    });
    seen
}

async fn delete_jobs(stack: &TestStack) {
    let scan = stack.dynamodb.scan().table_name("jobs").send().await;
    for item in scan.unwrap().items.unwrap() {
        if item["part"].as_s().unwrap() != "counter" {
            let delete = stack.dynamodb.delete_item().table_name("jobs");
            let delete = delete.key("job_key", item["job_key"].clone());
            delete
                .key("part", item["part"].clone())
                .send()
                .await
                .unwrap();
        }
    }
}

/// The permissions that a call needs (Service Authorization Reference).
fn permissions(call: &Call) -> Permissions {
    let of = |action: &str, resource: String| (action.to_owned(), resource);
    let body = &call.body;
    match call.operation.as_str() {
        "SendMessageBatch" => {
            let url = body["QueueUrl"].as_str().unwrap();
            let queue = match url.rsplit('/').next().unwrap() {
                "plans" => "PlansQueue",
                "jobs" => "JobsQueue",
                _ => panic!("{url}"),
            };
            Permissions::from([of("sqs:SendMessage", format!("{queue}.Arn"))])
        }
        "BatchExecuteStatement" => {
            let statements = body["Statements"].as_array().unwrap().iter();
            let tables = statements.map(|statement| {
                let text = statement["Statement"].as_str().unwrap();
                let (verb, rest) = text.split_once(" \"").unwrap();
                assert_eq!(verb, "UPDATE", "{text}");
                rest.split('"').next().unwrap().to_owned()
            });
            tables
                .map(|table| of("dynamodb:PartiQLUpdate", arn(&table)))
                .collect()
        }
        operation @ ("BatchGetItem" | "BatchWriteItem") => {
            let tables = body["RequestItems"].as_object().unwrap().keys();
            tables
                .map(|table| of(&format!("dynamodb:{operation}"), arn(table)))
                .collect()
        }
        operation => {
            let table = arn(body["TableName"].as_str().unwrap());
            let resource = match &body["IndexName"] {
                Value::String(index) => format!("{table}/index/{index}"),
                _ => table,
            };
            Permissions::from([of(&format!("dynamodb:{operation}"), resource)])
        }
    }
}

/// The ARN of a table, as the template names it.
fn arn(table: &str) -> String {
    let name = match table {
        "agents" => "AgentsTable",
        "team-members" => "TeamMembersTable",
        "jobs" => "JobsTable",
        "api-tokens" => "ApiTokensTable",
        other => panic!("{other} is not a table"),
    };
    format!("{name}.Arn")
}
