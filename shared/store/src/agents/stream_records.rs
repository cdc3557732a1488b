//! Records of the agents table's stream.

use domain::ids::AgentId;
use domain::tenant::Tenant;

use super::presence_writes::SeenAgent;
use crate::error::StoreError;
use crate::items::attributes::Item;
use crate::items::keys::{agent_id_of_key, tenant_of_key};

/// The filter for records of agents with a pending logout who are not on a call or chat: a pattern of Lambda's event
/// filtering (AWS Lambda Developer Guide, "Filter rule syntax").
pub const PENDING_LOGOUT_RECORDS: &str = r#"{"dynamodb":{"NewImage":{"pending_logout":{"M":{"online_since":{"N":[{"exists":true}]}}},"agent_status":{"S":[{"anything-but":["In-call","In-chat"]}]}}}}"#;

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
    pub fn of_new_image(image: serde_dynamo::Item) -> Result<Self, StoreError> {
        read(image.into()).ok_or(StoreError::Item { what: "record" })
    }
}

fn read(image: Item) -> Option<StreamedAgent> {
    let key = image.get("agent_key")?;
    Some(StreamedAgent {
        tenant: tenant_of_key(key)?,
        agent_id: agent_id_of_key(key)?,
        seen: SeenAgent::read(image)?,
    })
}
