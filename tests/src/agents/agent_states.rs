//! The state of agents in the agents table, and plain writes of the contact centre that change it.

use std::collections::HashMap;
use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;
use domain::agents::RequestId;
use domain::ids::AgentId;
use domain::logout::{Outcome, TargetSession};
use domain::timestamp::Timestamp;
use serde_json::{Value, json};
use service::force_logout::{LogoutRequest, log_out_agents};
use store::Consistency;

use crate::TestStack;
use crate::test_stack::{START, name};

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

    /// The same attributes of one agent.
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

    /// Once awaited, changes the status of an agent by a plain write.
    pub fn set_status(
        &self,
        tenant: &str,
        agent_id: u64,
        status: &str,
    ) -> impl Future<Output = ()> + Send + use<> {
        let status = AttributeValue::S(status.to_owned());
        self.set(tenant, agent_id, "agent_status", status)
    }

    /// Once awaited, begins a new session of an agent by a plain write, a minute after the start of the test.
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

    /// Once awaited, has a request of that name log an agent out past the API, or defer it; returns the outcome.
    pub fn log_out_as(
        &self,
        request: &str,
        tenant: &str,
        agent_id: u64,
    ) -> impl Future<Output = Outcome> + Send + use<> {
        self.log_out_as_accepted(request, tenant, agent_id, self.clock.now())
    }

    /// The same, by a request that was accepted at another time.
    pub fn log_out_as_accepted(
        &self,
        request: &str,
        tenant: &str,
        agent_id: u64,
        accepted_at: Timestamp,
    ) -> impl Future<Output = Outcome> + Send + use<> {
        let request = LogoutRequest {
            tenant: name(tenant),
            id: RequestId::new(request),
            accepted_at,
            at: self.clock.now(),
            target: TargetSession::FirstSeen,
        };
        let (store, ids) = (self.store.clone(), [AgentId::new(agent_id).unwrap()]);
        async move {
            let found = store.read_agents(&request.tenant, &ids, Consistency::Eventual);
            let outcomes = log_out_agents(&store, &request, &ids, found.await.unwrap());
            outcomes.await.unwrap().remove(0).outcome
        }
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
