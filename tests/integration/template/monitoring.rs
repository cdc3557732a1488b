//! The nested template watches everything that the template deploys.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use tests::yaml;

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
        "WriteThrottleEvents AgentsTable".to_owned(),
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
        let metric = alarm["MetricName"].as_str().unwrap();
        let watched = alarm["Dimensions"][0]["Value"]["Ref"].as_str().unwrap();
        format!("{metric} {watched}")
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
