//! Finding the agents of a team or at an address.

use aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder;
use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;

use domain::ids::AgentId;
use domain::selection::LookUp;
use domain::tenant::Tenant;

use crate::error::StoreError;
use crate::items::attributes::Item;
use crate::items::ip_sort_key::ip_sort_key;
use crate::items::keys::{agent_id_of_key, team_key};
use crate::store::Store;
use crate::tables::BY_IP;

impl Store {
    /// The agents that a look-up finds, at most `at_most`, read page by page.
    ///
    /// # Errors
    /// DynamoDB refused.
    pub async fn look_up(
        &self,
        tenant: &Tenant,
        look_up: LookUp,
        at_most: usize,
    ) -> Result<Vec<AgentId>, StoreError> {
        let mut found = Vec::new();
        let mut start = None;
        loop {
            // The limit shrinks from page to page, which the SDK's paginator cannot do.
            let left = i32::try_from(at_most - found.len()).unwrap_or(i32::MAX);
            let query = self
                .query(tenant, look_up)
                .limit(left)
                .set_exclusive_start_key(start);
            let page = self.call("Query", || query.clone().send()).await?;
            found.extend(page.items().iter().filter_map(agent_id));
            start = page.last_evaluated_key;
            if start.is_none() || found.len() >= at_most {
                return Ok(found);
            }
        }
    }

    fn query(&self, tenant: &Tenant, look_up: LookUp) -> QueryFluentBuilder {
        let query = self.client.query();
        match look_up {
            LookUp::Team(team_id) => query
                .table_name(&self.tables.team_members)
                .consistent_read(true)
                .key_condition_expression("team_key = :team")
                .projection_expression("agent_id")
                .expression_attribute_values(":team", team_key(tenant, team_id)),
            LookUp::Addresses(range) => query
                .table_name(&self.tables.agents)
                .index_name(BY_IP)
                .key_condition_expression("tenant = :tenant AND ip BETWEEN :first AND :last")
                .projection_expression("agent_key")
                .expression_attribute_values(":tenant", AttributeValue::S(tenant.to_string()))
                .expression_attribute_values(":first", sort_key(range.first()))
                .expression_attribute_values(":last", sort_key(range.last())),
        }
    }
}

fn sort_key(address: std::net::IpAddr) -> AttributeValue {
    AttributeValue::B(Blob::new(ip_sort_key(address)))
}

/// A membership has `agent_id`; the index holds only keys.
fn agent_id(item: &Item) -> Option<AgentId> {
    match (item.get("agent_id"), item.get("agent_key")) {
        (Some(number), _) => AgentId::new(number.as_n().ok()?.parse().ok()?),
        (None, key) => agent_id_of_key(key?),
    }
}
