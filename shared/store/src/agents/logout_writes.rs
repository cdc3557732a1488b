//! The two conditional writes of a request: log out and defer.

use aws_sdk_dynamodb::types::{
    AttributeValue, BatchStatementErrorCodeEnum as Code, BatchStatementRequest,
    BatchStatementResponse,
};
use futures::future::try_join_all;
use tracing::warn;

use domain::agents::{AgentStatus, RequestId};
use domain::ids::AgentId;
use domain::logout::{LogoutChange, LogoutWrite};
use domain::tenant::Tenant;
use domain::timestamp::Timestamp;

use crate::calls::ConditionalWrite;
use crate::error::StoreError;
use crate::items::agent_item;
use crate::items::attributes::{epoch_ms, text};
use crate::items::keys::agent_key;
use crate::store::Store;

/// `BatchExecuteStatement` takes at most that many statements (Amazon DynamoDB API Reference).
const MAX_BATCH_STATEMENTS: usize = 25;
/// While a caller waits, throttled statements are tried that many times, which takes about a second.
const MAX_TRIES_FOR_CALLER: u32 = 6;

/// How long throttled writes are tried again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RetryLimit {
    /// For about a second, while a caller waits for the answer.
    WhileCallerWaits,
    /// Until the deadline of the invocation. A new on-demand table takes 4,000 writes a second at first, and a job brings more
    /// at once (Amazon DynamoDB Developer Guide, "On-demand capacity mode").
    UntilDeadline,
}

impl Store {
    /// Makes every write for `request`, which was accepted at `accepted_at`; each is applied or rejected alone. Returns the results in the same order. Throttled
    /// writes are sent again unchanged: their condition prevents that anything is done twice.
    ///
    /// # Errors
    /// A call failed, or writes were throttled for longer than `retry_limit`; any of them may be applied then.
    pub async fn write_logouts(
        &self,
        tenant: &Tenant,
        request: &RequestId,
        accepted_at: Timestamp,
        at: Timestamp,
        writes: &[(AgentId, LogoutWrite)],
        retry_limit: RetryLimit,
    ) -> Result<Vec<ConditionalWrite>, StoreError> {
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
        let batches =
            batches.map(|batch| self.write_batch_of_logouts(batch, statement, retry_limit));
        Ok(try_join_all(batches).await?.concat())
    }

    async fn write_batch_of_logouts(
        &self,
        batch: &[(AgentId, LogoutWrite)],
        statement: impl Fn(AgentId, &LogoutWrite) -> BatchStatementRequest,
        retry_limit: RetryLimit,
    ) -> Result<Vec<ConditionalWrite>, StoreError> {
        let mut results: Vec<Option<ConditionalWrite>> = vec![None; batch.len()];
        let mut tries = 0;
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
            tries += 1;
            if tries == MAX_TRIES_FOR_CALLER {
                if retry_limit == RetryLimit::WhileCallerWaits {
                    let rounds = tries;
                    return Err(StoreError::Unsettled { items, rounds });
                }
                warn!(
                    items,
                    "DynamoDB still throttles some writes; they are tried again until the deadline"
                );
            }
            self.backoff.pause(tries - 1).await;
        }
    }

    /// The result of each statement; `None` where DynamoDB throttled it or failed: it may be applied or not.
    async fn execute(
        &self,
        statements: Vec<BatchStatementRequest>,
    ) -> Result<Vec<Option<ConditionalWrite>>, StoreError> {
        let sent = statements.len();
        let call = self.client.batch_execute_statement();
        let answer = call.set_statements(Some(statements)).send().await;
        let answer = answer.map_err(StoreError::call("BatchExecuteStatement"))?;
        match answer.responses() {
            members if members.len() == sent => members.iter().map(result).collect(),
            members => Err(StoreError::Unanswered {
                sent,
                answered: members.len(),
            }),
        }
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
            .build()
            .expect("the statement is set")
    }
}

fn result(member: &BatchStatementResponse) -> Result<Option<ConditionalWrite>, StoreError> {
    let Some(error) = member.error() else {
        return Ok(Some(ConditionalWrite::Applied));
    };
    match error.code() {
        Some(Code::ConditionalCheckFailed) => Ok(Some(ConditionalWrite::Rejected)),
        Some(
            Code::ThrottlingError
            | Code::ProvisionedThroughputExceeded
            | Code::RequestLimitExceeded
            | Code::TransactionConflict
            | Code::InternalServerError,
        ) => Ok(None),
        other => Err(StoreError::Statement {
            code: other.map_or("no code", Code::as_str).to_owned(),
        }),
    }
}
