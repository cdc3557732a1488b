//! What can be reached, and how.

use serde_json::json;

use super::{resources, template};

#[test]
fn every_queue_refuses_calls_without_tls() {
    let template = template();
    let policies = resources(&template, "AWS::SQS::QueuePolicy");
    let queues = resources(&template, "AWS::SQS::Queue");
    assert_eq!(policies.len(), queues.len());
    for queue in queues.keys() {
        let policy = policies[format!("{queue}Policy").as_str()];
        let statement = json!({
            "Effect": "Deny",
            "Principal": "*",
            "Action": "sqs:*",
            "Resource": { "GetAtt": format!("{queue}.Arn") },
            "Condition": { "Bool": { "aws:SecureTransport": "false" } },
        });
        assert_eq!(policy["Queues"], json!([{ "Ref": queue }]));
        assert_eq!(policy["PolicyDocument"]["Statement"], json!([statement]));
    }
}

#[test]
fn a_deployment_with_a_domain_is_reached_under_it_alone() {
    let template = template();
    let api = resources(&template, "AWS::Serverless::HttpApi")["Api"];
    let disabled = &api["DisableExecuteApiEndpoint"];
    assert_eq!(*disabled, json!({ "If": ["HasDomain", true, false] }));
}
