//! The two conditional writes of a request: log out and defer.

use aws_sdk_dynamodb::types::ReturnValuesOnConditionCheckFailure::AllOld;
use aws_sdk_dynamodb::types::{
    AttributeValue, BatchStatementErrorCodeEnum as Code, BatchStatementRequest,
    BatchStatementResponse,
};
use futures::future::try_join_all;

use domain::agents::{Agent, AgentStatus, RequestId};
use domain::ids::AgentId;
use domain::logout::{LogoutChange, LogoutWrite};
use domain::tenant::Tenant;
use domain::timestamp::Timestamp;

use crate::error::StoreError;
use crate::items::agent_item;
use crate::items::attributes::{Item, epoch_ms, text};
use crate::items::keys::agent_key;
use crate::store::Store;

const OPERATION: &str = "BatchExecuteStatement";
/// `BatchExecuteStatement` takes at most that many statements (Amazon DynamoDB API Reference).
const MAX_BATCH_STATEMENTS: usize = 25;

/// The result of a write of a logout.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LogoutResult {
    /// It is written.
    Applied,
    /// The agent is not as expected, but as given here. Or the write was sent twice because its first answer got lost.
    Rejected(Box<Agent>),
    /// There is no such agent.
    NoAgent,
}

impl Store {
    /// Makes every write for `request`, which was accepted at `accepted_at`; each is applied or rejected alone. Returns the
    /// results in the same order. Throttled writes are sent again unchanged: their condition prevents that anything is done
    /// twice.
    ///
    /// # Errors
    /// A call failed, or writes were throttled for longer than the limit of retries; any of them may be applied then.
    pub async fn write_logouts(
        &self,
        tenant: &Tenant,
        request: &RequestId,
        accepted_at: Timestamp,
        at: Timestamp,
        writes: &[(AgentId, LogoutWrite)],
    ) -> Result<Vec<LogoutResult>, StoreError> {
        let statement = |agent_id: AgentId, write: &LogoutWrite| {
            let last_request = agent_item::last_request_value(request, accepted_at);
            let written = match write.change {
                LogoutChange::LogOut => agent_item::last_logout_value(request, at),
                LogoutChange::Defer { .. } => {
                    agent_item::pending_logout_value(request, at, write.seen_session)
                }
            };
            self.statement(agent_key(tenant, agent_id), [written, last_request], write)
        };
        let batches = writes.chunks(MAX_BATCH_STATEMENTS);
        let batches = batches.map(|batch| self.write_batch_of_logouts(batch, statement));
        Ok(try_join_all(batches).await?.concat())
    }

    async fn write_batch_of_logouts(
        &self,
        batch: &[(AgentId, LogoutWrite)],
        statement: impl Fn(AgentId, &LogoutWrite) -> BatchStatementRequest,
    ) -> Result<Vec<LogoutResult>, StoreError> {
        let mut results: Vec<Option<LogoutResult>> = vec![None; batch.len()];
        let mut tries = self.tries();
        loop {
            let is_open = |position: &usize| results[*position].is_none();
            let open: Vec<usize> = (0..batch.len()).filter(is_open).collect();
            let members = open.iter().map(|position| &batch[*position]);
            let statements = members.map(|(agent_id, write)| statement(*agent_id, write));
            let found = self.execute(statements.collect()).await?;
            for (position, result) in open.into_iter().zip(found) {
                results[position] = result;
            }
            let items = results.iter().filter(|result| result.is_none()).count();
            if items == 0 {
                return Ok(results.into_iter().flatten().collect());
            }
            if !tries.again(OPERATION, "throttled members").await {
                let rounds = tries.failed();
                return Err(StoreError::Unsettled { items, rounds });
            }
        }
    }

    /// The result of each statement; `None` where DynamoDB throttled it or failed: it may be applied or not.
    async fn execute(
        &self,
        statements: Vec<BatchStatementRequest>,
    ) -> Result<Vec<Option<LogoutResult>>, StoreError> {
        let sent = statements.len();
        let call = self.client.batch_execute_statement();
        let call = call.set_statements(Some(statements));
        let answer = self.call(OPERATION, || call.clone().send()).await?;
        let members = answer.responses.unwrap_or_default();
        if members.len() != sent {
            let answered = members.len();
            return Err(StoreError::Unanswered { sent, answered });
        }
        members
            .into_iter()
            .map(|member| self.result(member))
            .collect()
    }

    /// Each condition names the status and the session that were seen, so the write is rejected for an agent who has taken a
    /// call or signed in again since. A deferral also names the pending logout that it replaces, so that the first of two
    /// requests keeps it; one without a session counts as absent.
    fn statement(
        &self,
        agent_key: AttributeValue,
        written: [AttributeValue; 2],
        write: &LogoutWrite,
    ) -> BatchStatementRequest {
        let table = &self.tables.agents;
        let offline = AgentStatus::OFFLINE;
        let as_seen = "agent_key=? AND agent_status=? AND online_since=?";
        let (statement, replaced) = match write.change {
            LogoutChange::LogOut => {
                let set =
                    format!("SET agent_status='{offline}' SET last_logout=? SET last_request=?");
                let remove = "REMOVE pending_logout REMOVE covered_session";
                (
                    format!(r#"UPDATE "{table}" {set} {remove} WHERE {as_seen}"#),
                    None,
                )
            }
            LogoutChange::Defer { stale_session } => {
                let stale = match stale_session {
                    None => "pending_logout.online_since IS MISSING",
                    Some(_) => "pending_logout.online_since=?",
                };
                let change = "SET pending_logout=? SET last_request=? REMOVE covered_session";
                (
                    format!(r#"UPDATE "{table}" {change} WHERE {as_seen} AND {stale}"#),
                    stale_session,
                )
            }
        };
        let seen = [
            text(write.seen_status.as_read()),
            epoch_ms(write.seen_session),
        ];
        let parameters = written.into_iter().chain([agent_key]).chain(seen);
        let parameters = parameters.chain(replaced.map(epoch_ms)).collect();
        BatchStatementRequest::builder()
            .statement(statement)
            .set_parameters(Some(parameters))
            .return_values_on_condition_check_failure(AllOld)
            .build()
            .expect("the statement is set")
    }
    fn result(&self, member: BatchStatementResponse) -> Result<Option<LogoutResult>, StoreError> {
        let Some(error) = member.error else {
            return Ok(Some(LogoutResult::Applied));
        };
        match error.code {
            Some(Code::ConditionalCheckFailed) => Ok(Some(self.rejected(error.item))),
            Some(
                Code::ThrottlingError
                | Code::ProvisionedThroughputExceeded
                | Code::RequestLimitExceeded
                | Code::TransactionConflict
                | Code::InternalServerError,
            ) => Ok(None),
            other => Err(StoreError::Statement {
                code: other.map_or("no code".to_owned(), |code| code.as_str().to_owned()),
            }),
        }
    }

    /// A failed condition brings the item along that it failed for, if there is one. An item without a status is no agent.
    fn rejected(&self, item: Option<Item>) -> LogoutResult {
        match item.and_then(|item| agent_item::read(item, &self.statuses)) {
            Some(agent) => LogoutResult::Rejected(Box::new(agent)),
            None => LogoutResult::NoAgent,
        }
    }
}
