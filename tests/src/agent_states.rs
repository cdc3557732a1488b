//! What the agents' table says of an agent, and what the contact centre writes there past the service.

use std::collections::HashMap;
use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;
use domain::timestamp::Timestamp;
use serde_json::{Value, json};

use crate::TestStack;
use crate::test_stack::START;

impl TestStack {
    /// The attributes of every agent of a tenant that a logout may change, as `{status, online_since, pending, last}`.
    pub async fn states(&self, tenant: &str) -> HashMap<u64, Value> {
        let scan = self.dynamodb.scan().table_name("agents").send();
        let items = scan.await.unwrap().items.unwrap();
        let of_tenant = items
            .iter()
            .filter(|item| item["tenant"] == AttributeValue::S(tenant.to_owned()));
        let agent_id = |item: &Item| item["agent_id"].as_n().unwrap().parse().unwrap();
        of_tenant
            .map(|item| (agent_id(item), state(item)))
            .collect()
    }

    /// Of one agent, what [`TestStack::states`] says of all.
    pub async fn state(&self, tenant: &str, agent_id: u64) -> Value {
        let call = self.dynamodb.get_item().table_name("agents");
        let call = call.key("agent_key", key(tenant, agent_id));
        let answer = call.consistent_read(true).send().await.unwrap();
        state(&answer.item.unwrap())
    }

    /// The status of an agent.
    pub async fn status(&self, tenant: &str, agent_id: u64) -> String {
        self.state(tenant, agent_id).await["status"]
            .as_str()
            .unwrap()
            .to_owned()
    }

    /// The contact centre changes what an agent is doing, whenever the result is awaited.
    pub fn set_status(
        &self,
        tenant: &str,
        agent_id: u64,
        status: &str,
    ) -> impl Future<Output = ()> + Send + use<> {
        let status = AttributeValue::S(status.to_owned());
        self.set(tenant, agent_id, "agent_status", status)
    }

    /// An agent signs out, and in again a minute after the start of the test, whenever the result is awaited.
    pub fn sign_in_again(
        &self,
        tenant: &str,
        agent_id: u64,
    ) -> impl Future<Output = ()> + Send + use<> {
        let later = Timestamp::parse_rfc3339(START)
            .unwrap()
            .plus(Duration::from_mins(1));
        let later = AttributeValue::N(later.epoch_ms().to_string());
        self.set(tenant, agent_id, "online_since", later)
    }

    fn set(
        &self,
        tenant: &str,
        agent_id: u64,
        attribute: &str,
        value: AttributeValue,
    ) -> impl Future<Output = ()> + Send + use<> {
        let call = self.dynamodb.update_item().table_name("agents");
        let call = call
            .key("agent_key", key(tenant, agent_id))
            .update_expression(format!("SET {attribute} = :value"))
            .expression_attribute_values(":value", value);
        async move {
            call.send().await.unwrap();
        }
    }
}

fn key(tenant: &str, agent_id: u64) -> AttributeValue {
    AttributeValue::S(format!("{tenant}#{agent_id}"))
}

type Item = HashMap<String, AttributeValue>;

fn state(item: &Item) -> Value {
    let request = |name: &str| {
        let map = item.get(name)?.as_m().unwrap();
        map["request"].as_s().ok().cloned()
    };
    json!({
        "status": item["agent_status"].as_s().unwrap(),
        "online_since": item.get("online_since").map(|ms| ms.as_n().unwrap()),
        "pending": request("pending_logout"),
        "last": request("last_logout"),
    })
}
