//! The permissions that each function needs: those of the AWS calls that it makes in scenarios that take every path.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use tests::{Act, Call, TestStack, agent};

use crate::crash_points::event;
use crate::presence::{changed, message};

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

    for body in [
        json!({ "agent_ids": [1] }),
        json!({ "team_ids": [8], "ip_addrs": ["10.9.9.9"] }),
        json!({ "agent_ids": [3, 4, 404], "team_ids": [7], "ip_addrs": ["10.0.0.1"] }),
    ] {
        let request = event("force-logout", |event| {
            event["body"] = json!(body.to_string());
        });
        stack.functions.force_logout.handle(request).await;
    }
    all.insert("force-logout", take());

    // A process that has not verified the token yet.
    let other = TestStack::start().await;
    let seen_there = watch(&other);
    other
        .functions
        .job_status
        .handle(event("job-status", |_| {}))
        .await;
    all.insert(
        "job-status",
        std::mem::take(&mut *seen_there.lock().unwrap()),
    );

    // The plan of a job whose item could not be written, and its chunks.
    delete_jobs(&stack).await;
    for _ in 0..2 {
        let messages = stack.jobs.receive_all().await;
        assert!(!messages.is_empty());
        assert!(stack.invoke.logout_worker(messages).await.is_empty());
    }
    all.insert("logout-worker", take());

    for (agent_id, status) in [(3, "In-call"), (3, "Break"), (1, "Break")] {
        let body = changed("07:30:00", status);
        let body = body.replace("\"agent_id\":1", &format!("\"agent_id\":{agent_id}"));
        stack.invoke.presence(vec![message("event", &body)]).await;
    }
    all.insert("presence", take());

    stack.set_status("acme", 5, "In-call").await;
    let request = json!({ "agent_ids": [5] });
    stack.post_force_logout("acme", &request).await;
    stack.set_status("acme", 5, "Break").await;
    let records = stack.stream().read().unwrap().unwrap();
    assert!(!records.is_empty());
    take();
    stack.invoke.pending_logouts(records).await;
    all.insert("pending-logouts", take());
    all
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
            assert!(url.ends_with("/jobs"), "{url}");
            Permissions::from([of("sqs:SendMessage", "JobsQueue.Arn".to_owned())])
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
