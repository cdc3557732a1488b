//! The queues and the stream of the template have the settings of the code.

use domain::agents::Statuses;
use serde_json::json;
use service::lambda::queue_settings::{
    JOBS_QUEUE, MAX_RETENTION_SECONDS, PLANS_QUEUE, PRESENCE_QUEUE, QueueSettings,
};
use service::lambda::stream_settings::AGENTS_STREAM;
use store::pending_logout_records;

use super::{event, functions, resources, template};

#[test]
fn queues_and_their_functions_have_the_settings_of_the_code() {
    let template = template();
    let queues = resources(&template, "AWS::SQS::Queue");
    for (name, dead_letters, binary, settings) in [
        ("PlansQueue", "PlansDeadLetters", "job-planner", PLANS_QUEUE),
        ("JobsQueue", "JobsDeadLetters", "logout-worker", JOBS_QUEUE),
        (
            "PresenceQueue",
            "PresenceDeadLetters",
            "presence",
            PRESENCE_QUEUE,
        ),
    ] {
        let QueueSettings {
            function_timeout_seconds,
            visibility_timeout_seconds,
            batch_size,
            max_message_bytes,
            max_receive_count,
            ..
        } = settings;
        let queue = queues[name];
        // Or a message comes again while it is worked on.
        assert!(visibility_timeout_seconds > function_timeout_seconds);
        assert_eq!(
            queue["VisibilityTimeout"],
            json!(visibility_timeout_seconds)
        );
        assert_eq!(queue["MaximumMessageSize"], json!(max_message_bytes));
        let target = json!({ "GetAtt": format!("{dead_letters}.Arn") });
        let redrive =
            json!({ "deadLetterTargetArn": target, "maxReceiveCount": max_receive_count });
        assert_eq!(queue["RedrivePolicy"], redrive);
        assert!(queues.contains_key(dead_letters));

        let (_, function) = &functions(&template)[binary];
        assert_eq!(function["Timeout"], json!(function_timeout_seconds));
        let event = event(&template, binary);
        assert_eq!(event["Type"], "SQS");
        let source = &event["Properties"];
        assert_eq!(source["Queue"], json!({ "GetAtt": format!("{name}.Arn") }));
        assert_eq!(source["BatchSize"], json!(batch_size));
        assert_eq!(
            source["FunctionResponseTypes"],
            json!(["ReportBatchItemFailures"])
        );
        let concurrency = &source["ScalingConfig"]["MaximumConcurrency"];
        assert_eq!(concurrency, &json!({ "Ref": "WorkerMaxConcurrency" }));
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
fn answers_to_callers_take_less_time_than_their_function_has() {
    let template = template();
    for (binary, answer_timeout) in [
        ("force-logout", force_logout::ANSWER_TIMEOUT),
        ("job-status", job_status::ANSWER_TIMEOUT),
    ] {
        let (_, function) = &functions(&template)[binary];
        let seconds = function["Timeout"].as_u64().unwrap();
        assert!(answer_timeout.as_secs() + 2 <= seconds, "{binary}");
    }
}

#[test]
fn every_event_source_takes_reports_of_single_failures_and_has_a_dead_letter_queue() {
    let template = template();
    let queues = resources(&template, "AWS::SQS::Queue");
    let mut sources = 0;
    for (binary, (_, function)) in functions(&template) {
        for event in function["Events"].as_object().unwrap().values() {
            let source = &event["Properties"];
            let dead_letters = match event["Type"].as_str().unwrap() {
                "HttpApi" => continue,
                "SQS" => {
                    let queue = source["Queue"]["GetAtt"].as_str().unwrap();
                    let queue = queues[queue.strip_suffix(".Arn").unwrap()];
                    &queue["RedrivePolicy"]["deadLetterTargetArn"]
                }
                "DynamoDB" => &source["DestinationConfig"]["OnFailure"]["Destination"],
                other => panic!("{binary}: {other} is not known"),
            };
            let dead_letters = dead_letters["GetAtt"].as_str().unwrap();
            assert!(queues.contains_key(dead_letters.strip_suffix(".Arn").unwrap()));
            let reports = json!(["ReportBatchItemFailures"]);
            assert_eq!(source["FunctionResponseTypes"], reports, "{binary}");
            sources += 1;
        }
    }
    assert_eq!(sources, 4);
}

#[test]
fn the_stream_and_its_function_have_the_settings_of_the_code() {
    let template = template();
    let (_, function) = &functions(&template)["pending-logouts"];
    assert_eq!(
        function["Timeout"],
        json!(AGENTS_STREAM.function_timeout_seconds)
    );
    let event = event(&template, "pending-logouts");
    assert_eq!(event["Type"], "DynamoDB");
    let dead_letters = json!({ "GetAtt": "PendingLogoutsDeadLetters.Arn" });
    // The template writes the quotes and commas between the busy statuses.
    let busy = Statuses::with_busy(["${Busy}"]).unwrap();
    let filter = pending_logout_records(&busy);
    let expected = json!({
        "Stream": { "GetAtt": "AgentsTable.StreamArn" },
        "StartingPosition": "TRIM_HORIZON",
        "BatchSize": AGENTS_STREAM.batch_size,
        "FunctionResponseTypes": ["ReportBatchItemFailures"],
        "BisectBatchOnFunctionError": AGENTS_STREAM.bisect_on_error,
        "MaximumRetryAttempts": AGENTS_STREAM.max_retry_attempts,
        "DestinationConfig": { "OnFailure": { "Type": "SQS", "Destination": dead_letters } },
        "FilterCriteria": { "Filters": [{ "Pattern": {
            "Sub": [filter, { "Busy": { "Join": ["\",\"", { "Ref": "BusyStatuses" }] } }],
        } }] },
    });
    assert_eq!(event["Properties"], expected);
}
