//! The two conditional writes on agents: log out and defer.

use aws_sdk_dynamodb::types::{
    AttributeValue, BatchStatementErrorCodeEnum as Code, BatchStatementRequest,
    BatchStatementResponse,
};
use futures::future::try_join_all;
use tracing::warn;

use super::item::{agent_key, epoch_ms, text};
use super::{Store, StoreError, agent_item};
use crate::agent::{AgentStatus, RequestId};
use crate::decision::{Attempt, Change};
use crate::ids::AgentId;
use crate::tenant::Tenant;
use crate::timestamp::Timestamp;

/// `BatchExecuteStatement` takes at most that many statements (Amazon DynamoDB API Reference).
const MAX_BATCH_STATEMENTS: usize = 25;
/// While somebody waits, what DynamoDB is too busy for is tried that often, in about a second.
const MAX_ANSWER_TRIES: u32 = 6;

/// What became of an [`Attempt`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AttemptResult {
    /// Written.
    Done,
    /// The agent is no longer as seen; or this very write was sent twice and its first answer got lost.
    Changed,
}

/// How long it is worth while to try again what DynamoDB is too busy for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Patience {
    /// For about a second: somebody waits for the answer.
    Answer,
    /// Until the function's time is over. A table that has never taken many writes takes 4,000 a second at first, and a job
    /// brings more at once (Amazon DynamoDB Developer Guide, "On-demand capacity mode").
    Job,
}

impl Store {
    /// Makes every attempt for `request`, each alone, and answers in the same order. What DynamoDB is too busy for is tried
    /// again as it is: the condition sees to it that nothing is done twice.
    ///
    /// # Errors
    /// A call failed, or DynamoDB was too busy for longer than `patience`; any of the attempts may be written then.
    pub async fn attempt(
        &self,
        tenant: &Tenant,
        request: &RequestId,
        at: Timestamp,
        attempts: &[(AgentId, Attempt)],
        patience: Patience,
    ) -> Result<Vec<AttemptResult>, StoreError> {
        let statement = |agent_id: AgentId, attempt: &Attempt| {
            self.statement(agent_key(tenant, agent_id), request, at, attempt)
        };
        let batches = attempts.chunks(MAX_BATCH_STATEMENTS);
        let batches = batches.map(|batch| self.settle_batch(batch, statement, patience));
        Ok(try_join_all(batches).await?.concat())
    }

    async fn settle_batch(
        &self,
        batch: &[(AgentId, Attempt)],
        statement: impl Fn(AgentId, &Attempt) -> BatchStatementRequest,
        patience: Patience,
    ) -> Result<Vec<AttemptResult>, StoreError> {
        let mut results: Vec<Option<AttemptResult>> = vec![None; batch.len()];
        let mut tries = 0;
        loop {
            let is_open = |position: &usize| results[*position].is_none();
            let open: Vec<usize> = (0..batch.len()).filter(is_open).collect();
            let members = open.iter().map(|position| &batch[*position]);
            let statements = members.map(|(agent_id, attempt)| statement(*agent_id, attempt));
            let found = self.execute(statements.collect()).await?;
            for (position, result) in open.into_iter().zip(found) {
                results[position] = result;
            }
            let items = results.iter().filter(|result| result.is_none()).count();
            if items == 0 {
                return Ok(results.into_iter().flatten().collect());
            }
            tries += 1;
            if tries == MAX_ANSWER_TRIES {
                if patience == Patience::Answer {
                    let rounds = tries;
                    return Err(StoreError::Unsettled { items, rounds });
                }
                warn!(
                    items,
                    "DynamoDB stays too busy for some writes; they are tried on"
                );
            }
            self.backoff.pause(tries - 1).await;
        }
    }

    /// What became of each statement; nothing where DynamoDB was too busy to say: it may be written or not.
    async fn execute(
        &self,
        statements: Vec<BatchStatementRequest>,
    ) -> Result<Vec<Option<AttemptResult>>, StoreError> {
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

    /// Each condition names the status and the session that were seen, so an agent who has taken a call or signed
    /// in again since fails it instead of being hit. A defer also names the mark it replaces, so that the first of
    /// two requests stays; a mark without a session is no mark.
    fn statement(
        &self,
        agent_key: AttributeValue,
        request: &RequestId,
        at: Timestamp,
        attempt: &Attempt,
    ) -> BatchStatementRequest {
        let table = &self.tables.agents;
        let offline = AgentStatus::OFFLINE;
        let as_seen = "agent_key=? AND agent_status=? AND online_since=?";
        let (statement, written, replaced) = match attempt.change {
            Change::LogOut => {
                let set = format!("SET agent_status='{offline}' SET last_logout=?");
                (
                    format!(r#"UPDATE "{table}" {set} REMOVE pending_logout WHERE {as_seen}"#),
                    agent_item::last_logout_value(request, at),
                    None,
                )
            }
            Change::Defer { stale_mark } => {
                let mark = match stale_mark {
                    None => "pending_logout.online_since IS MISSING",
                    Some(_) => "pending_logout.online_since=?",
                };
                (
                    format!(r#"UPDATE "{table}" SET pending_logout=? WHERE {as_seen} AND {mark}"#),
                    agent_item::pending_logout_value(request, at, attempt.session),
                    stale_mark,
                )
            }
        };
        let seen = [text(attempt.status.as_str()), epoch_ms(attempt.session)];
        let parameters = [written, agent_key].into_iter().chain(seen);
        let parameters = parameters.chain(replaced.map(epoch_ms)).collect();
        BatchStatementRequest::builder()
            .statement(statement)
            .set_parameters(Some(parameters))
            .build()
            .expect("the statement is set")
    }
}

fn result(member: &BatchStatementResponse) -> Result<Option<AttemptResult>, StoreError> {
    let Some(error) = member.error() else {
        return Ok(Some(AttemptResult::Done));
    };
    match error.code() {
        Some(Code::ConditionalCheckFailed) => Ok(Some(AttemptResult::Changed)),
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
