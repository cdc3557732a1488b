//! Records of the agents table's stream.

use domain::agents::Statuses;
use domain::ids::AgentId;
use domain::tenant::Tenant;
use serde_json::json;

use super::presence_writes::SeenAgent;
use crate::error::StoreError;
use crate::items::attributes::Item;
use crate::items::keys::{agent_id_of_key, tenant_of_key};

/// The filter for records of agents with a pending logout whose status is none of the busy ones as they are written: a pattern
/// of Lambda's event filtering (AWS Lambda Developer Guide, "Filter rule syntax"). A busy status that another writer has written
/// otherwise passes it, and is recognized by the function.
#[must_use]
pub fn pending_logout_records(statuses: &Statuses) -> String {
    let busy: Vec<&str> = statuses.busy().collect();
    let rule = json!([{ "anything-but": busy }]);
    format!(
        r#"{{"dynamodb":{{"NewImage":{{"pending_logout":{{"M":{{"online_since":{{"N":[{{"exists":true}}]}}}}}},"agent_status":{{"S":{rule}}}}}}}}}"#
    )
}

/// An agent as a record shows them after a change.
#[derive(Clone, Debug)]
pub struct StreamedAgent {
    /// The tenant.
    pub tenant: Tenant,
    /// The agent.
    pub agent_id: AgentId,
    /// Their presence then.
    pub seen: SeenAgent,
}

impl StreamedAgent {
    /// Reads the new image of a record.
    ///
    /// # Errors
    /// The image is not an agent.
    pub fn of_new_image(
        image: serde_dynamo::Item,
        statuses: &Statuses,
    ) -> Result<Self, StoreError> {
        read(image.into(), statuses).ok_or(StoreError::Item { what: "record" })
    }
}

fn read(image: Item, statuses: &Statuses) -> Option<StreamedAgent> {
    let key = image.get("agent_key")?;
    Some(StreamedAgent {
        tenant: tenant_of_key(key)?,
        agent_id: agent_id_of_key(key)?,
        seen: SeenAgent::read(image, statuses)?,
    })
}
