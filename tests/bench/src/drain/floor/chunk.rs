//! The calls for a chunk.

use anyhow::{Context, Result, ensure};
use aws_sdk_dynamodb::types::{AttributeValue, BatchStatementRequest, KeysAndAttributes};
use futures::future::try_join_all;
use logout::ids::AgentId;
use logout::job::Chunk;
use logout::timestamp::Timestamp;
use tests::people::SIGNED_IN;

use super::{Floor, job_key, number, text};
use crate::roster::{STATUS, TENANT};

/// As the service writes it.
const LOG_OUT: &str = r#"UPDATE "agents" SET agent_status='Offline' SET last_logout=? REMOVE pending_logout WHERE agent_key=? AND agent_status=? AND online_since=?"#;

impl Floor {
    pub(super) async fn log_out_chunk(&self, chunk: &Chunk) -> Result<()> {
        let progress = format!("progress#{}#{:04}", chunk.plan_id, chunk.number / 64);
        self.read_chunk(chunk, &progress).await?;
        let batches = chunk.agent_ids.chunks(25);
        try_join_all(batches.map(|batch| self.log_out(batch))).await?;
        let count = self.dynamodb.update_item().table_name("jobs");
        count
            .key("job_key", job_key())
            .key("part", text(progress))
            .update_expression(
                "SET counted_at = :now, expires_at = :now ADD done_chunks :chunks, logged_out_count :out, \
                 deferred_count :none, missing_count :none, offline_count :none, later_session_count :none",
            )
            .condition_expression("NOT contains(done_chunks, :chunk)")
            .expression_attribute_values(":now", number(chunk.job.accepted_at.epoch_ms()))
            .expression_attribute_values(":chunk", number(chunk.number))
            .expression_attribute_values(":chunks", AttributeValue::Ns(vec![chunk.number.to_string()]))
            .expression_attribute_values(":out", number(chunk.agent_ids.len()))
            .expression_attribute_values(":none", number(0))
            .send()
            .await?;
        Ok(())
    }

    async fn read_chunk(&self, chunk: &Chunk, progress: &str) -> Result<()> {
        let mut agents = KeysAndAttributes::builder();
        for agent in &chunk.agent_ids {
            let key = ("agent_key".to_owned(), text(format!("{TENANT}#{agent}")));
            agents = agents.keys([key].into());
        }
        let mut jobs = KeysAndAttributes::builder();
        for part in ["job", progress] {
            let key = [
                ("job_key".to_owned(), job_key()),
                ("part".to_owned(), text(part)),
            ];
            jobs = jobs.keys(key.into());
        }
        let call = self.dynamodb.batch_get_item();
        let call = call.request_items("agents", agents.build()?);
        call.request_items("jobs", jobs.build()?).send().await?;
        Ok(())
    }

    async fn log_out(&self, agents: &[AgentId]) -> Result<()> {
        let online_since = Timestamp::parse_rfc3339(SIGNED_IN).context("no time")?;
        let statement = |agent: &AgentId| {
            let last_logout = [
                ("request".to_owned(), text("job#1#1795330800000")),
                ("at".to_owned(), number(online_since.epoch_ms())),
            ];
            BatchStatementRequest::builder()
                .statement(LOG_OUT)
                .parameters(AttributeValue::M(last_logout.into()))
                .parameters(text(format!("{TENANT}#{agent}")))
                .parameters(text(STATUS))
                .parameters(number(online_since.epoch_ms()))
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
}
