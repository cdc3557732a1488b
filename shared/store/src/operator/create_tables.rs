//! Creating the tables on one machine. A deployment's tables are in the template, which a test compares with these.

use aws_sdk_dynamodb::operation::create_table::builders::CreateTableFluentBuilder;
use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, GlobalSecondaryIndex, KeySchemaElement, KeyType, Projection,
    ProjectionType, ScalarAttributeType, StreamSpecification, StreamViewType,
};

use crate::error::StoreError;
use crate::store::Store;
use crate::tables::BY_IP;

impl Store {
    /// Creates the tables that do not exist yet.
    ///
    /// # Errors
    /// DynamoDB refused.
    pub async fn create_missing_tables(&self) -> Result<(), StoreError> {
        let there = self
            .client
            .list_tables()
            .send()
            .await
            .map_err(StoreError::call("ListTables"))?;
        for (name, table) in self.definitions() {
            if !there.table_names().contains(&name) {
                let table = table
                    .table_name(name)
                    .billing_mode(BillingMode::PayPerRequest);
                table
                    .send()
                    .await
                    .map_err(StoreError::call("CreateTable"))?;
            }
        }
        self.enable_missing_stream().await
    }

    /// A database from before the stream was used has none.
    async fn enable_missing_stream(&self) -> Result<(), StoreError> {
        let agents = &self.tables.agents;
        let described = self.client.describe_table().table_name(agents).send().await;
        let described = described.map_err(StoreError::call("DescribeTable"))?;
        let stream = described.table.and_then(|table| table.stream_specification);
        if stream.is_some_and(|stream| stream.stream_enabled()) {
            return Ok(());
        }
        let update = self.client.update_table().table_name(agents);
        let updated = update.stream_specification(new_and_old_images()).send();
        updated.await.map_err(StoreError::call("UpdateTable"))?;
        Ok(())
    }

    fn definitions(&self) -> [(String, CreateTableFluentBuilder); 4] {
        let by_ip = GlobalSecondaryIndex::builder()
            .index_name(BY_IP)
            .key_schema(key("tenant", KeyType::Hash))
            .key_schema(key("ip", KeyType::Range))
            .projection(
                Projection::builder()
                    .projection_type(ProjectionType::KeysOnly)
                    .build(),
            )
            .build();
        let agents = self
            .client
            .create_table()
            .attribute_definitions(attribute("agent_key", ScalarAttributeType::S))
            .attribute_definitions(attribute("tenant", ScalarAttributeType::S))
            .attribute_definitions(attribute("ip", ScalarAttributeType::B))
            .key_schema(key("agent_key", KeyType::Hash))
            .global_secondary_indexes(by_ip.expect("every required field is set"))
            .stream_specification(new_and_old_images());
        let team_members = self
            .client
            .create_table()
            .attribute_definitions(attribute("team_key", ScalarAttributeType::S))
            .attribute_definitions(attribute("agent_id", ScalarAttributeType::N))
            .key_schema(key("team_key", KeyType::Hash))
            .key_schema(key("agent_id", KeyType::Range));
        let jobs = self
            .client
            .create_table()
            .attribute_definitions(attribute("job_key", ScalarAttributeType::S))
            .attribute_definitions(attribute("part", ScalarAttributeType::S))
            .key_schema(key("job_key", KeyType::Hash))
            .key_schema(key("part", KeyType::Range));
        let api_tokens = self
            .client
            .create_table()
            .attribute_definitions(attribute("token_id", ScalarAttributeType::S))
            .key_schema(key("token_id", KeyType::Hash));
        [
            (self.tables.agents.clone(), agents),
            (self.tables.team_members.clone(), team_members),
            (self.tables.jobs.clone(), jobs),
            (self.tables.api_tokens.clone(), api_tokens),
        ]
    }
}

fn new_and_old_images() -> StreamSpecification {
    StreamSpecification::builder()
        .stream_enabled(true)
        .stream_view_type(StreamViewType::NewAndOldImages)
        .build()
        .expect("every required field is set")
}

fn attribute(name: &str, kind: ScalarAttributeType) -> AttributeDefinition {
    let attribute = AttributeDefinition::builder()
        .attribute_name(name)
        .attribute_type(kind);
    attribute.build().expect("every required field is set")
}

fn key(name: &str, kind: KeyType) -> KeySchemaElement {
    let key = KeySchemaElement::builder()
        .attribute_name(name)
        .key_type(kind);
    key.build().expect("every required field is set")
}
