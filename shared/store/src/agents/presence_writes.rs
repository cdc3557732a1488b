//! Writing presence. Each event, and each end of a pending logout, is one conditional `UpdateItem`.

use aws_sdk_dynamodb::operation::update_item::UpdateItemError::ConditionalCheckFailedException;
use aws_sdk_dynamodb::types::ReturnValuesOnConditionCheckFailure::AllOld;

use domain::agents::{AgentStatus, Statuses};
use domain::ids::AgentId;
use domain::presence::{EventKind, Presence, PresenceEvent, Transition};
use domain::tenant::Tenant;
use domain::timestamp::Timestamp;

use crate::calls::UpdateExpression;
use crate::error::StoreError;
use crate::items::agent_item;
use crate::items::attributes::{Item, epoch_ms, text};
use crate::items::keys::agent_key;
use crate::store::Store;

/// An agent's presence as it was seen: in a record of the stream, or in the answer to a rejected write.
#[derive(Clone, Debug)]
pub struct SeenAgent {
    /// The presence.
    pub presence: Presence,
    /// The attributes it was read from, as they stand in the table.
    item: Item,
}

/// The result of a write of presence.
#[derive(Clone, Debug)]
pub enum PresenceWrite {
    /// It is written.
    Applied,
    /// The agent is not as expected, but as given here. Or the write was sent twice because its first answer got lost.
    Rejected(Box<SeenAgent>),
    /// There is no such agent.
    NoAgent,
}

impl SeenAgent {
    /// Reads an item; `None` if it has no status, which every agent has.
    pub(crate) fn read(item: Item, statuses: &Statuses) -> Option<Self> {
        let presence = agent_item::read_presence(&item, statuses)?;
        Some(Self { presence, item })
    }
}

impl Store {
    /// Writes an event of a known agent that is newer than everything known of them, with no pending logout. Nearly all events
    /// are like this, so nothing has to be read. The result is that of [`domain::presence::apply`]. A condition compares texts
    /// byte by byte, so the status must be one that this service has written (`reported_status`): what another writer has
    /// written may mean `Offline` in any spelling.
    ///
    /// # Errors
    /// DynamoDB refused, or the item is unreadable.
    pub async fn write_next_event(
        &self,
        event: &PresenceEvent,
        now: Timestamp,
    ) -> Result<PresenceWrite, StoreError> {
        let update = UpdateExpression::default()
            .value(":at", epoch_ms(event.at))
            .only_if("attribute_exists(agent_status) AND attribute_not_exists(buffered_status)")
            .only_if("(attribute_not_exists(status_at) OR status_at < :at)")
            .set("status_at", epoch_ms(event.at));
        let began =
            |name, comparison| format!("(attribute_not_exists({name}) OR {name} {comparison} :at)");
        let update = match &event.kind {
            // No request covers the new session.
            EventKind::SignedIn { .. } => update
                .only_if(began("last_request.accepted_at", "<"))
                .only_if(began("online_since", "<"))
                .only_if(began("signed_in_at", "<")),
            EventKind::StatusChanged(_) | EventKind::SignedOut => update
                .only_if(began("online_since", "<="))
                .only_if(began("signed_in_at", "<=")),
        };
        let update = match &event.kind {
            EventKind::SignedIn { status, .. } if status.is_busy() => {
                // A pending logout would go over to the new session.
                update.only_if("attribute_not_exists(pending_logout)")
            }
            EventKind::SignedIn { .. } => update.remove("pending_logout"),
            _ => update,
        };
        let update = match &event.kind {
            EventKind::SignedIn { address, status } => update
                .set("online_since", epoch_ms(event.at.min(now)))
                .set("signed_in_at", epoch_ms(event.at))
                .set("ip", agent_item::ip_value(address.known()))
                .set("agent_status", text(status.as_str()))
                .set("reported_status", text(status.as_str()))
                .remove("covered_session"),
            EventKind::StatusChanged(status) => update
                .value(":offline", text(AgentStatus::OFFLINE))
                .only_if("attribute_exists(online_since) AND agent_status <> :offline")
                .only_if("agent_status = reported_status")
                .only_if("attribute_not_exists(pending_logout)")
                .set("agent_status", text(status.as_str()))
                .set("reported_status", text(status.as_str())),
            EventKind::SignedOut => update
                .set("agent_status", text(AgentStatus::OFFLINE))
                .set("reported_status", text(AgentStatus::OFFLINE))
                .remove("pending_logout")
                .remove("covered_session"),
        };
        self.update_agent(&event.tenant, event.agent_id, update)
            .await
    }

    /// Writes a transition of an agent, if they are still as seen. `now` is recorded as the time of a logout.
    ///
    /// # Errors
    /// DynamoDB refused, or the item is unreadable.
    pub async fn write_transition(
        &self,
        tenant: &Tenant,
        agent_id: AgentId,
        seen: &SeenAgent,
        transition: &Transition,
        now: Timestamp,
    ) -> Result<PresenceWrite, StoreError> {
        let pending = seen.item.get("pending_logout");
        let mut update = UpdateExpression::default().only_if_still("pending_logout", pending);
        match &transition.to.pending_logout {
            Some(to) if seen.presence.pending_logout.as_ref() != Some(to) => {
                let last_request = seen.presence.last_request.as_ref();
                let accepted_at = last_request.map_or(now, |last| last.accepted_at);
                let value = agent_item::moved_pending_logout_value(to, pending, accepted_at);
                update = update.set("pending_logout", value);
            }
            None if pending.is_some() => update = update.remove("pending_logout"),
            _ => {}
        }
        let last_request = seen.item.get("last_request");
        update = update.only_if_still("last_request", last_request);
        for (name, value) in agent_item::of_presence(&transition.to) {
            let before = seen.item.get(name);
            update = update.only_if_still(name, before);
            if value.as_ref() != before {
                update = match value {
                    Some(value) => update.set(name, value),
                    None => update.remove(name),
                };
            }
        }
        if let Some(address) = transition.signed_in_from {
            update = update.set("ip", agent_item::ip_value(address.known()));
        }
        if let Some(request) = &transition.logged_out_by {
            update = update.set("last_logout", agent_item::last_logout_value(request, now));
        }
        self.update_agent(tenant, agent_id, update).await
    }

    async fn update_agent(
        &self,
        tenant: &Tenant,
        agent_id: AgentId,
        update: UpdateExpression,
    ) -> Result<PresenceWrite, StoreError> {
        let call = self.client.update_item().table_name(&self.tables.agents);
        let call = call
            .key("agent_key", agent_key(tenant, agent_id))
            .return_values_on_condition_check_failure(AllOld);
        let call = update.fill(call);
        let answer = self.retries.call("UpdateItem", || call.clone().send());
        let Err(error) = answer.await else {
            return Ok(PresenceWrite::Applied);
        };
        let item = match error.as_service_error() {
            Some(ConditionalCheckFailedException(failed)) => failed.item().cloned(),
            _ => return Err(StoreError::call("UpdateItem")(error)),
        };
        match item {
            None => Ok(PresenceWrite::NoAgent),
            Some(item) => SeenAgent::read(item, &self.statuses)
                .map(|seen| PresenceWrite::Rejected(Box::new(seen)))
                .ok_or(StoreError::Item { what: "agent" }),
        }
    }
}
