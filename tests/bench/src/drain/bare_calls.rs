//! The calls to DynamoDB that a job's chunks take, made as fast as possible: nothing is looked up, planned or decided.

use std::fmt::Display;

use anyhow::{Context, Result, bail, ensure};
use aws_lambda_events::sqs::{SqsBatchResponse, SqsEvent, SqsMessage};
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{AttributeValue, BatchStatementRequest, KeysAndAttributes};
use domain::ids::{AgentId, JobId};
use domain::jobs::{Chunk, JobRef, Plan, Progress};
use domain::tenant::Tenant;
use domain::timestamp::Timestamp;
use futures::future::try_join_all;
use store::JobQueue;
use tests::new_agents::SIGNED_IN;
use wire::messages::JobMessage;

use crate::roster::{STATUS, TENANT};

/// As the service writes it.
const LOG_OUT: &str = r#"UPDATE "agents" SET agent_status='Offline' SET last_logout=? REMOVE pending_logout WHERE agent_key=? AND agent_status=? AND online_since=?"#;

/// What the calls are made with.
pub struct BareCalls {
    pub dynamodb: Client,
}

/// Sends the messages of the chunks of agents 1 to `agents`.
pub async fn send_chunks(job_queue: &JobQueue, agents: u32) -> Result<()> {
    let ids = (1..=agents).filter_map(|agent| AgentId::new(agent.into()));
    let ids: Vec<AgentId> = ids.collect();
    let now = Timestamp::from_epoch_ms(0);
    let job = JobRef {
        tenant: Tenant::parse(TENANT).context("no tenant")?,
        job_id: JobId::new(1).context("no id")?,
        accepted_at: now,
        expires_at: now,
    };
    let plan_id = "f1442ebc-67ae-4bcd-b354-ca77dbf7fd00".to_owned();
    let (plan, nothing) = (Plan::new(plan_id, &ids, now), Progress::default());
    let chunks = plan.uncounted_chunks(&job, &nothing, &ids);
    Ok(job_queue.send_all(chunks.map(JobMessage::Chunk)).await?)
}

impl BareCalls {
    /// Works off a batch of messages.
    pub async fn handle(&self, event: SqsEvent) -> SqsBatchResponse {
        let chunks = event
            .records
            .iter()
            .map(|message| self.log_out_chunk(message));
        if let Err(error) = try_join_all(chunks).await {
            // Not a panic, after which the messages would come again.
            eprintln!("bare calls: {error:#}");
            std::process::exit(1);
        }
        SqsBatchResponse::default()
    }

    async fn log_out_chunk(&self, message: &SqsMessage) -> Result<()> {
        let body = message.body.as_deref().unwrap_or_default();
        let JobMessage::Chunk(chunk) = JobMessage::parse(body)? else {
            bail!("a message that is no chunk");
        };
        let progress = format!("progress#{}#{:04}", chunk.plan_id, chunk.number / 64);
        self.read_chunk(&chunk, &progress).await?;
        let batches = chunk.agent_ids.chunks(25);
        try_join_all(batches.map(|batch| self.log_out(batch))).await?;
        self.count(&chunk, progress).await
    }

    async fn read_chunk(&self, chunk: &Chunk, progress: &str) -> Result<()> {
        let mut agents = KeysAndAttributes::builder();
        for agent in &chunk.agent_ids {
            let key = ("agent_key".to_owned(), text(format!("{TENANT}#{agent}")));
            agents = agents.keys([key].into());
        }
        let mut jobs = KeysAndAttributes::builder();
        for part in ["job", progress] {
            let key = [("job_key", job_key()), ("part", text(part))];
            jobs = jobs.keys(key.map(|(name, value)| (name.to_owned(), value)).into());
        }
        let call = self.dynamodb.batch_get_item();
        let call = call.request_items("agents", agents.build()?);
        call.request_items("jobs", jobs.build()?).send().await?;
        Ok(())
    }

    async fn log_out(&self, agents: &[AgentId]) -> Result<()> {
        let session = Timestamp::parse_rfc3339(SIGNED_IN).context("no time")?;
        let statement = |agent: &AgentId| {
            let last_logout = [
                ("request".to_owned(), text("job#1#1795330800000")),
                ("at".to_owned(), number(session.epoch_ms())),
            ];
            BatchStatementRequest::builder()
                .statement(LOG_OUT)
                .parameters(AttributeValue::M(last_logout.into()))
                .parameters(text(format!("{TENANT}#{agent}")))
                .parameters(text(STATUS))
                .parameters(number(session.epoch_ms()))
                .build()
        };
        let statements = agents.iter().map(statement);
        let statements = statements.collect::<Result<Vec<_>, _>>()?;
        let call = self.dynamodb.batch_execute_statement();
        let answer = call.set_statements(Some(statements)).send().await?;
        let failed = answer.responses().iter().find_map(|member| member.error());
        ensure!(failed.is_none(), "a logout failed: {failed:?}");
        Ok(())
    }

    async fn count(&self, chunk: &Chunk, progress: String) -> Result<()> {
        let chunks = AttributeValue::Ns(vec![chunk.number.to_string()]);
        let count = self.dynamodb.update_item().table_name("jobs");
        count
            .key("job_key", job_key())
            .key("part", text(progress))
            .update_expression(
                "SET counted_at = :now, expires_at = :now ADD counted_chunks :chunks, logged_out_count :out, \
                 deferred_count :none, not_found_count :none, offline_count :none, newer_session_count :none",
            )
            .condition_expression("NOT contains(counted_chunks, :chunk)")
            .expression_attribute_values(":now", number(chunk.job.accepted_at.epoch_ms()))
            .expression_attribute_values(":chunk", number(chunk.number))
            .expression_attribute_values(":chunks", chunks)
            .expression_attribute_values(":out", number(chunk.agent_ids.len()))
            .expression_attribute_values(":none", number(0))
            .send()
            .await?;
        Ok(())
    }
}

fn text(text: impl Into<String>) -> AttributeValue {
    AttributeValue::S(text.into())
}

fn number(number: impl Display) -> AttributeValue {
    AttributeValue::N(number.to_string())
}

fn job_key() -> AttributeValue {
    text(format!("{TENANT}#1"))
}

#[cfg(test)]
mod same_calls {
    use ledger::{Case, Cost, Selector};
    use local::backends::{dynamodb, sqs};
    use store::connection::Backoff;
    use tests::TestStack;

    use super::*;

    /// But for the few calls that accept and plan a job. Only those to DynamoDB are counted.
    #[tokio::test]
    async fn the_bare_calls_are_those_of_the_service() {
        let (by, agents, busy) = (Selector::Address, 1_000, 0);
        let ledger = ledger::recorded().unwrap();
        let case = Case::LogOut { by, agents, busy };
        let entry = ledger.into_iter().find(|entry| entry.case == case);
        let service = entry.unwrap().whole();

        let stack = TestStack::start().await;
        let idle = (1..=agents).map(|number| ledger::numbered_agent(number, STATUS));
        stack.bulk_insert(TENANT, idle);
        let _ = stack.aws_calls.take_meter();
        let config = dynamodb::client_config(stack.dynamodb_address);
        let calls = BareCalls {
            dynamodb: Client::from_conf(config.http_client(stack.aws_calls.clone()).build()),
        };
        let config = sqs::client_config(stack.sqs_address);
        let job_queue = JobQueue::new(config, stack.jobs.url.clone(), Backoff::AWS);
        send_chunks(&job_queue, agents).await.unwrap();
        let mut event = SqsEvent::default();
        event.records = stack.jobs.receive_all().await;
        calls.handle(event).await;

        let bare = Cost::of(&stack.aws_calls.take_meter());
        let mut more = service.calls;
        more.remove("SendMessageBatch");
        for (operation, count) in &bare.calls {
            *more.entry(operation.clone()).or_default() -= count;
        }
        more.retain(|_, count| *count > 0);
        let once = [
            ("BatchWriteItem", 1),
            ("PutItem", 2),
            ("Query", 3),
            ("UpdateItem", 2),
        ];
        assert_eq!(
            more,
            once.map(|(name, count)| (name.to_owned(), count)).into()
        );
        let chunks = 11.0;
        assert!((bare.table_writes - f64::from(agents) - chunks).abs() < 0.1);
    }
}
