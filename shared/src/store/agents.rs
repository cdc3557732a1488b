//! Reading agents, and the two conditional writes on them: log out and defer.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::{
    AttributeValue, BatchStatementErrorCodeEnum as Code, BatchStatementRequest,
    BatchStatementResponse, KeysAndAttributes,
};
use futures::future::join_all;
use tracing::warn;

use super::agent_item::{self, Item, agent_id_of_key, agent_key, epoch_ms};
use super::{Store, StoreError};
use crate::agent::{Agent, AgentStatus, RequestId};
use crate::decision::Seen;
use crate::ids::AgentId;
use crate::tenant::Tenant;
use crate::timestamp::Timestamp;

/// `BatchGetItem` takes at most that many keys (Amazon DynamoDB API Reference).
pub const MAX_BATCH_GET: usize = 100;
/// `BatchExecuteStatement` takes at most that many statements (Amazon DynamoDB API Reference).
const MAX_BATCH_STATEMENTS: usize = 25;
/// Keys that DynamoDB leaves unprocessed are asked for at most that many times.
const MAX_READ_ATTEMPTS: u32 = 6;

/// How old a read may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Freshness {
    /// A moment behind, for half the price.
    Eventual,
    /// With every write that was confirmed.
    Latest,
}

/// A write that is done only if the agent still has the status and session that were seen.
#[derive(Clone, Debug)]
pub enum Step {
    /// Set `Offline`.
    LogOut(AgentId, Seen),
    /// Leave a pending logout.
    Defer(AgentId, Seen),
}

/// What became of a [`Step`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepResult {
    /// Written.
    Done,
    /// The agent is no longer as seen; or this very write was tried twice and its first answer got lost.
    Changed,
    /// DynamoDB was too busy to say; it may be written or not.
    Throttled,
}

impl Store {
    /// Reads up to [`MAX_BATCH_GET`] agents, each at most once in `agent_ids`. Missing ones are left out.
    ///
    /// # Errors
    /// DynamoDB refused, or kept leaving keys unprocessed.
    pub async fn read_agents(
        &self,
        tenant: &Tenant,
        agent_ids: &[AgentId],
        freshness: Freshness,
    ) -> Result<HashMap<AgentId, Agent>, StoreError> {
        let mut agents = HashMap::with_capacity(agent_ids.len());
        let mut keys: Vec<Item> = agent_ids.iter().map(|id| key_of(tenant, *id)).collect();
        for attempt in 0..MAX_READ_ATTEMPTS {
            if keys.is_empty() {
                return Ok(agents);
            }
            if attempt > 0 {
                self.backoff.pause(attempt).await;
            }
            let (items, unprocessed) = self.read_batch(keys, freshness).await?;
            agents.extend(items.into_iter().filter_map(identified));
            keys = unprocessed;
        }
        match keys.len() {
            0 => Ok(agents),
            agents => Err(StoreError::Unsettled {
                agents,
                rounds: MAX_READ_ATTEMPTS,
            }),
        }
    }

    /// Tries every step for `request`, each alone, and answers in the same order.
    ///
    /// # Errors
    /// A call failed; any of the steps may be written then.
    pub async fn apply(
        &self,
        tenant: &Tenant,
        request: &RequestId,
        at: Timestamp,
        steps: &[Step],
    ) -> Result<Vec<StepResult>, StoreError> {
        let batches = steps.chunks(MAX_BATCH_STATEMENTS).map(|batch| {
            let statements = batch
                .iter()
                .map(|step| self.statement(tenant, request, at, step))
                .collect();
            self.execute_batch(statements)
        });
        let mut results = Vec::with_capacity(steps.len());
        for batch in join_all(batches).await {
            results.extend(batch?);
        }
        Ok(results)
    }

    async fn read_batch(
        &self,
        keys: Vec<Item>,
        freshness: Freshness,
    ) -> Result<(Vec<Item>, Vec<Item>), StoreError> {
        let wanted = KeysAndAttributes::builder()
            .set_keys(Some(keys))
            .consistent_read(freshness == Freshness::Latest)
            .build()
            .expect("the keys are set");
        let read = self
            .client
            .batch_get_item()
            .request_items(&self.tables.agents, wanted)
            .send()
            .await;
        let mut answer = read.map_err(StoreError::call("BatchGetItem"))?;
        let of_agents = |tables: Option<&mut HashMap<String, _>>| {
            tables.and_then(|tables| tables.remove(&self.tables.agents))
        };
        let items = of_agents(answer.responses.as_mut()).unwrap_or_default();
        let unprocessed = answer
            .unprocessed_keys
            .as_mut()
            .and_then(|tables| tables.remove(&self.tables.agents));
        Ok((items, unprocessed.map(|rest| rest.keys).unwrap_or_default()))
    }

    async fn execute_batch(
        &self,
        statements: Vec<BatchStatementRequest>,
    ) -> Result<Vec<StepResult>, StoreError> {
        let call = self
            .client
            .batch_execute_statement()
            .set_statements(Some(statements));
        let answer = call
            .send()
            .await
            .map_err(StoreError::call("BatchExecuteStatement"))?;
        answer.responses().iter().map(step_result).collect()
    }

    /// Each condition names the status and the session that were seen, so an agent who has taken a call or signed
    /// in again since fails it instead of being hit; a defer also names the mark, so that the first one stays.
    fn statement(
        &self,
        tenant: &Tenant,
        request: &RequestId,
        at: Timestamp,
        step: &Step,
    ) -> BatchStatementRequest {
        let table = &self.tables.agents;
        let (agent_id, seen, text, written, mark) = match step {
            Step::LogOut(agent_id, seen) => {
                let offline = AgentStatus::OFFLINE;
                let text = format!(
                    r#"UPDATE "{table}" SET agent_status='{offline}' SET last_logout=? REMOVE pending_logout WHERE agent_key=? AND agent_status=? AND online_since=?"#
                );
                (
                    agent_id,
                    seen,
                    text,
                    agent_item::last_logout_value(request, at),
                    None,
                )
            }
            Step::Defer(agent_id, seen) => {
                let mark = match seen.stale_mark {
                    None => "pending_logout IS MISSING",
                    Some(_) => "pending_logout.online_since=?",
                };
                let text = format!(
                    r#"UPDATE "{table}" SET pending_logout=? WHERE agent_key=? AND agent_status=? AND online_since=? AND {mark}"#
                );
                let written = agent_item::pending_logout_value(request, at, seen.session);
                (agent_id, seen, text, written, seen.stale_mark)
            }
        };
        let key = AttributeValue::S(agent_key(tenant, *agent_id));
        let status = AttributeValue::S(seen.status.as_str().to_owned());
        let parameters = [written, key, status, epoch_ms(seen.session)]
            .into_iter()
            .chain(mark.map(epoch_ms));
        BatchStatementRequest::builder()
            .statement(text)
            .set_parameters(Some(parameters.collect()))
            .build()
            .expect("the statement is set")
    }
}

fn key_of(tenant: &Tenant, agent_id: AgentId) -> Item {
    Item::from([(
        "agent_key".to_owned(),
        AttributeValue::S(agent_key(tenant, agent_id)),
    )])
}

fn identified(item: Item) -> Option<(AgentId, Agent)> {
    let agent_id = item
        .get("agent_key")
        .and_then(|key| agent_id_of_key(key.as_s().ok()?))?;
    let agent = agent_item::read(item);
    if agent.is_none() {
        warn!(%agent_id, "an item of the agents table has no agent_status; treated as missing");
    }
    agent.map(|agent| (agent_id, agent))
}

fn step_result(member: &BatchStatementResponse) -> Result<StepResult, StoreError> {
    let Some(code) = member.error().map(|error| error.code()) else {
        return Ok(StepResult::Done);
    };
    match code {
        Some(Code::ConditionalCheckFailed) => Ok(StepResult::Changed),
        Some(
            Code::ThrottlingError
            | Code::ProvisionedThroughputExceeded
            | Code::RequestLimitExceeded
            | Code::TransactionConflict
            | Code::InternalServerError,
        ) => Ok(StepResult::Throttled),
        other => Err(StoreError::Statement {
            code: other.map_or("no code", Code::as_str).to_owned(),
        }),
    }
}
