//! Records of the agents table's stream.

use aws_lambda_events::dynamodb::EventRecord;

use super::item::{Item, agent_id_of_key, tenant_of_key};
use super::{SeenAgent, StoreError};
use crate::ids::AgentId;
use crate::tenant::Tenant;

/// Which records are of use: those that show a pending logout and an agent who is not on a call or chat. A pattern of Lambda's
/// event filtering (AWS Lambda Developer Guide, "Filter rule syntax").
pub const PENDING_LOGOUTS: &str = r#"{"dynamodb":{"NewImage":{"pending_logout":{"M":{"online_since":{"N":[{"exists":true}]}}},"agent_status":{"S":[{"anything-but":["In-call","In-chat"]}]}}}}"#;

/// An agent as a record shows them after a change.
#[derive(Clone, Debug)]
pub struct StreamedAgent {
    /// Whose agent.
    pub tenant: Tenant,
    /// The agent.
    pub agent_id: AgentId,
    /// What they were then.
    pub seen: SeenAgent,
}

/// The agent of a record; `None` if it tells of a deletion.
///
/// # Errors
/// It shows no agent.
pub fn read_record(record: EventRecord) -> Result<Option<StreamedAgent>, StoreError> {
    if record.event_name == "REMOVE" {
        return Ok(None);
    }
    let agent = streamed_agent(record.change.new_image.into());
    agent.map(Some).ok_or(StoreError::Item { what: "record" })
}

fn streamed_agent(image: Item) -> Option<StreamedAgent> {
    let key = image.get("agent_key")?;
    Some(StreamedAgent {
        tenant: tenant_of_key(key)?,
        agent_id: agent_id_of_key(key)?,
        seen: SeenAgent::read(image)?,
    })
}
