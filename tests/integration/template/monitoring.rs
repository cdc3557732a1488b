//! The nested template watches everything that the template deploys.

use std::collections::BTreeSet;

use reqwest::Method;
use serde_json::{Value, json};
use tests::answer::send;
use tests::{TestStack, captured_log, yaml};
use wire::http::paths::JOBS_PATH;

use super::{for_each, functions, resources, template};

/// The nested template, with its loops expanded.
fn monitoring() -> Value {
    for_each::expand(yaml::load("infra/monitoring.yaml"))
}

#[test]
fn every_parameter_of_the_nested_template_is_what_its_name_says() {
    let template = template();
    let nested = &resources(&template, "AWS::CloudFormation::Stack")["Monitoring"];
    assert_eq!(nested["TemplateURL"], "monitoring.yaml");
    let set = nested["Parameters"].as_object().unwrap();
    let declared = monitoring();
    let declared = declared["Parameters"].as_object().unwrap();
    assert!(set.keys().eq(declared.keys()));
    for (name, value) in set {
        let expected = match name.as_str() {
            "DashboardName" => json!({ "Ref": "AWS::StackName" }),
            "ApiId" => json!({ "Ref": "Api" }),
            queue if queue.ends_with("Queue") || queue.ends_with("DeadLetters") => {
                json!({ "GetAtt": format!("{queue}.QueueName") })
            }
            other => json!({ "Ref": other }),
        };
        assert_eq!(*value, expected, "{name}");
    }
}

#[test]
fn everything_that_can_fail_or_fall_behind_has_an_alarm() {
    let template = template();
    let mut expected = BTreeSet::from([
        "5xx ApiId".to_owned(),
        "IteratorAge PendingLogoutsFunction".to_owned(),
        "RefusedCredentials".to_owned(),
        "WriteThrottleEvents AgentsTable".to_owned(),
        "WriteThrottleEvents AgentsTable by-ip".to_owned(),
        "WriteThrottleEvents JobsTable".to_owned(),
    ]);
    for (function, _) in functions(&template).values() {
        expected.insert(format!("Errors {function}"));
        expected.insert(format!("Throttles {function}"));
    }
    for queue in resources(&template, "AWS::SQS::Queue").keys() {
        let metric = if queue.ends_with("DeadLetters") {
            "ApproximateNumberOfMessagesVisible"
        } else {
            "ApproximateAgeOfOldestMessage"
        };
        expected.insert(format!("{metric} {queue}"));
    }
    let monitoring = monitoring();
    let alarms = resources(&monitoring, "AWS::CloudWatch::Alarm");
    let watched = alarms.values().map(|alarm| {
        let dimensions = alarm["Dimensions"].as_array().into_iter().flatten();
        let values = dimensions.map(|dimension| match &dimension["Value"] {
            Value::String(value) => value,
            value => value["Ref"].as_str().unwrap(),
        });
        let metric = alarm["MetricName"].as_str().unwrap();
        let words = std::iter::once(metric).chain(values);
        words.collect::<Vec<_>>().join(" ")
    });
    assert_eq!(watched.collect::<BTreeSet<_>>(), expected);
    assert_eq!(alarms.len(), expected.len());
    let topic = json!([{ "Ref": "AlarmTopicArn" }]);
    let actions = json!({ "If": ["HasAlarmTopic", topic, { "Ref": "AWS::NoValue" }] });
    for (name, alarm) in alarms {
        assert_eq!(alarm["AlarmActions"], actions, "{name}");
        assert!(alarm["AlarmDescription"].is_string(), "{name}");
    }
}

#[test]
fn a_single_failure_of_a_function_raises_an_alarm() {
    let template = template();
    let monitoring = monitoring();
    let alarms = resources(&monitoring, "AWS::CloudWatch::Alarm");
    for (name, _) in functions(&template).values() {
        let stem = name.strip_suffix("Function").unwrap();
        let alarm = alarms[format!("{stem}ErrorsAlarm").as_str()];
        assert_eq!(alarm["Dimensions"][0]["Value"], json!({ "Ref": name }));
        let after = ["Threshold", "EvaluationPeriods"].map(|name| alarm[name].clone());
        assert_eq!(after, [json!(0), json!(1)]);
    }
}

#[test]
fn the_age_of_a_message_raises_an_alarm_before_it_is_a_dead_letter() {
    let template = template();
    let monitoring = monitoring();
    let alarms = resources(&monitoring, "AWS::CloudWatch::Alarm");
    let seconds = |value: &Value| value.as_u64().unwrap();
    let mut watched = 0;
    for (name, queue) in resources(&template, "AWS::SQS::Queue") {
        if queue["RedrivePolicy"].is_null() {
            continue;
        }
        let alarm = alarms[format!("{name}AgeAlarm").as_str()];
        let periods = seconds(&alarm["Period"]) * seconds(&alarm["EvaluationPeriods"]);
        assert_eq!((seconds(&alarm["Threshold"]), periods), (120, 120));
        let deliveries = seconds(&queue["RedrivePolicy"]["maxReceiveCount"]);
        let until_dead = deliveries * seconds(&queue["VisibilityTimeout"]);
        assert!(until_dead > 120 + periods, "{name}");
        watched += 1;
    }
    assert!(watched >= 2);
}

#[tokio::test]
async fn refused_credentials_are_counted_by_the_line_that_is_logged_for_each() {
    let monitoring = monitoring();
    let template = template();
    let filters = resources(&monitoring, "AWS::Logs::MetricFilter");
    let metric = &resources(&monitoring, "AWS::CloudWatch::Alarm")["RefusedCredentialsAlarm"];
    let stack = TestStack::start().await;
    for (name, _) in functions(&template).values() {
        let stem = name.strip_suffix("Function").unwrap();
        let is_behind_the_api =
            template["Resources"][name]["Properties"]["Events"]["Request"].is_object();
        let filter = filters.get(format!("{stem}RefusedCredentials").as_str());
        assert_eq!(filter.is_some(), is_behind_the_api, "{name}");
        let Some(filter) = filter else { continue };
        assert_eq!(
            filter["LogGroupName"],
            json!({ "Ref": format!("{stem}Logs") })
        );
        let counted = &filter["MetricTransformations"][0];
        assert_eq!(counted["MetricNamespace"], metric["Namespace"]);
        assert_eq!(counted["MetricName"], metric["MetricName"]);

        let pattern = filter["FilterPattern"].as_str().unwrap();
        let message = pattern.strip_prefix("{ $.message = ").unwrap();
        let message = message.strip_suffix(" }").unwrap();
        let job = stack.request(Method::GET, &format!("{JOBS_PATH}1"));
        let refused = send(job.basic_auth("acme", Some("acme.wrong"))).await;
        assert_eq!(refused.status, 401);
        let message = format!("\"message\":{message}");
        captured_log::assert_logged(&[&message, "unknown, wrong or revoked"]);
    }
}

#[test]
fn the_dashboard_shows_every_function_and_queue() {
    let template = template();
    let monitoring = monitoring();
    let dashboard = &resources(&monitoring, "AWS::CloudWatch::Dashboard")["Dashboard"];
    let body = dashboard["DashboardBody"]["Sub"].as_str().unwrap();
    let body: Value = serde_json::from_str(body).unwrap();
    let widgets = body["widgets"].as_array().unwrap();
    let metrics = widgets.iter().flat_map(|widget| {
        let metrics = widget["properties"]["metrics"].as_array().unwrap();
        metrics.iter().map(|metric| metric[3].as_str().unwrap())
    });
    let shown: BTreeSet<&str> = metrics.collect();
    let functions = functions(&template);
    let functions = functions.values().map(|(name, _)| name.as_str());
    let queues = resources(&template, "AWS::SQS::Queue").into_keys();
    for name in functions.chain(queues) {
        assert!(shown.contains(format!("${{{name}}}").as_str()), "{name}");
    }
}
