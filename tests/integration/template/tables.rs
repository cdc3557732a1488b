//! The tables of the template are those that `local` creates.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::types::{KeySchemaElement, StreamViewType, TableDescription};
use serde_json::{Value, json};
use tests::TestStack;

use super::{resources, template};

/// The tables of the template, by their names on one machine.
const TABLES: [(&str, &str); 4] = [
    ("AgentsTable", "agents"),
    ("TeamMembersTable", "team-members"),
    ("JobsTable", "jobs"),
    ("ApiTokensTable", "api-tokens"),
];

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
        assert_eq!(table["KeySchema"], keys(created.key_schema()), "{name}");
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
        assert_eq!(
            table["StreamSpecification"]["StreamViewType"].as_str(),
            stream.map(StreamViewType::as_str)
        );
        let recovery = &table["PointInTimeRecoverySpecification"];
        assert_eq!(recovery["PointInTimeRecoveryEnabled"], json!(true));
        assert_eq!(table["SSESpecification"]["SSEEnabled"], json!(true));
        assert_eq!(table["DeletionProtectionEnabled"], json!(true));
        let resource = &template["Resources"][name];
        assert_eq!(resource["DeletionPolicy"], "Retain");
        assert_eq!(resource["UpdateReplacePolicy"], "Retain");
    }
    let expected = json!({ "AttributeName": "expires_at", "Enabled": true });
    assert_eq!(tables["JobsTable"]["TimeToLiveSpecification"], expected);
}

fn keys(schema: &[KeySchemaElement]) -> Value {
    let keys = schema.iter();
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
            let projection = index.projection().unwrap().projection_type().unwrap();
            json!({
                "IndexName": index.index_name(),
                "KeySchema": keys(index.key_schema()),
                "Projection": { "ProjectionType": projection.as_str() },
            })
        })
        .collect()
}
