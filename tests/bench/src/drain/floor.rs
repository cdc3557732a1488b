//! The floor: the calls that a job of idle agents takes, made flat out, with nothing decided, read or counted by anybody.

use anyhow::{Context, Result};
use aws_sdk_dynamodb::Client as DynamoDb;
use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::{
    AttributeValue, BatchStatementRequest, KeysAndAttributes, PutRequest, WriteRequest,
};
use aws_sdk_sqs::Client as Sqs;
use aws_sdk_sqs::types::{DeleteMessageBatchRequestEntry, SendMessageBatchRequestEntry};
use futures::future::try_join_all;
use futures::stream::{self, TryStreamExt};
use logout::event_sources::JOBS;
use logout::job::CHUNK_AGENTS;
use uuid::Uuid;

use crate::backends::Addresses;
use crate::roster::{ONLINE_SINCE_MS, STATUS, TENANT};
use crate::usage::{Begun, Usage};

/// So many pollers take messages, as many as the event source has.
const POLLERS: usize = 2;
/// A batch of messages.
const BATCH: usize = 10;

struct Floor {
    dynamodb: DynamoDb,
    sqs: Sqs,
    queue_url: String,
    plan_id: String,
    agents: u32,
}

/// Makes the calls for agents 1 to `agents`; answers what that took.
///
/// # Errors
/// A call failed.
pub async fn run(addresses: Addresses, agents: u32) -> Result<Usage> {
    let floor = Floor {
        dynamodb: DynamoDb::from_conf(local::dynamodb::client_config(addresses.dynamodb).build()),
        sqs: Sqs::from_conf(local::sqs::client_config(addresses.sqs).build()),
        queue_url: local::sqs::queue_url(addresses.sqs, JOBS.name),
        plan_id: Uuid::new_v4().to_string(),
        agents,
    };
    let begun = Begun::now()?;
    floor.accept().await?;
    floor.plan().await?;
    try_join_all((0..POLLERS).map(|_| floor.work())).await?;
    begun.usage()
}

fn text(text: impl Into<String>) -> AttributeValue {
    AttributeValue::S(text.into())
}

fn number(number: impl ToString) -> AttributeValue {
    AttributeValue::N(number.to_string())
}

impl Floor {
    fn job_key(&self) -> AttributeValue {
        text(format!("{TENANT}#1"))
    }

    fn chunks(&self) -> u32 {
        self.agents.div_ceil(CHUNK_AGENTS as u32)
    }

    /// The agents of a chunk, from 1.
    fn agents_of(&self, chunk: u32) -> std::ops::RangeInclusive<u32> {
        let size = CHUNK_AGENTS as u32;
        (chunk - 1) * size + 1..=self.agents.min(chunk * size)
    }

    async fn accept(&self) -> Result<()> {
        let token = self.dynamodb.get_item().table_name("api-tokens");
        token.key("token_id", text(TENANT)).send().await?;
        self.page(None, Some(101)).await?;
        let counter = self.dynamodb.update_item().table_name("jobs");
        let counter = counter
            .key("job_key", text(TENANT))
            .key("part", text("counter"))
            .update_expression("ADD last_job_id :one")
            .expression_attribute_values(":one", number(1));
        counter.send().await?;
        self.send(vec!["plan".to_owned()]).await?;
        let put = |part: &str| {
            let put = self.dynamodb.put_item().table_name("jobs");
            let put = put.item("job_key", self.job_key()).item("part", text(part));
            put.item(
                "selectors",
                text(r#"{"ip_addrs":["10.0.0.0-10.255.255.255"]}"#),
            )
            .send()
        };
        futures::future::try_join(put("job"), put("request")).await?;
        self.receive_and_delete(async |_| Ok(())).await?;
        Ok(())
    }

    /// One page of the look-up; answers where the next begins.
    async fn page(
        &self,
        start: Option<std::collections::HashMap<String, AttributeValue>>,
        limit: Option<i32>,
    ) -> Result<Option<std::collections::HashMap<String, AttributeValue>>> {
        let address = |last: u8| AttributeValue::B(Blob::new([4, 10, last, last, last]));
        let query = self
            .dynamodb
            .query()
            .table_name("agents")
            .index_name("by-ip");
        let page = query
            .key_condition_expression("tenant = :tenant AND ip BETWEEN :first AND :last")
            .projection_expression("agent_key")
            .expression_attribute_values(":tenant", text(TENANT))
            .expression_attribute_values(":first", address(0))
            .expression_attribute_values(":last", address(255))
            .set_exclusive_start_key(start)
            .set_limit(limit)
            .send()
            .await?;
        Ok(page.last_evaluated_key)
    }

    async fn plan(&self) -> Result<()> {
        let job = self
            .dynamodb
            .query()
            .table_name("jobs")
            .consistent_read(true);
        job.key_condition_expression("job_key = :key AND part BETWEEN :job AND :end")
            .expression_attribute_values(":key", self.job_key())
            .expression_attribute_values(":job", text("job"))
            .expression_attribute_values(":end", text("progress#~"))
            .send()
            .await?;
        let mut start = self.page(None, None).await?;
        while start.is_some() {
            start = self.page(start, None).await?;
        }
        self.write_snapshot().await?;
        let mark = self.dynamodb.update_item().table_name("jobs");
        mark.key("job_key", self.job_key())
            .key("part", text("job"))
            .update_expression("SET plan_id = :plan, agent_count = :agents")
            .expression_attribute_values(":plan", text(&self.plan_id))
            .expression_attribute_values(":agents", number(self.agents))
            .send()
            .await?;
        // A message holds the number of its chunk, and as many bytes as the ids of its agents take.
        let padding = "1234567,".repeat(CHUNK_AGENTS) + &"x".repeat(200);
        let bodies: Vec<String> = (1..=self.chunks())
            .map(|chunk| format!("{chunk} {padding}"))
            .collect();
        let batches = bodies.chunks(BATCH).map(|batch| Ok(batch.to_vec()));
        stream::iter(batches)
            .try_for_each_concurrent(8, |batch| self.send(batch))
            .await
    }

    async fn write_snapshot(&self) -> Result<()> {
        let pieces: Vec<u32> = (0..self.agents.div_ceil(10_000)).collect();
        for batch in pieces.chunks(25) {
            let put = |piece: &u32| {
                let put = PutRequest::builder()
                    .item("job_key", self.job_key())
                    .item(
                        "part",
                        text(format!("snapshot#{}#{piece:06}", self.plan_id)),
                    )
                    .item("agent_ids", AttributeValue::B(Blob::new(vec![1; 10_000])));
                Ok(WriteRequest::builder().put_request(put.build()?).build())
            };
            let writes = batch.iter().map(put).collect::<Result<Vec<_>>>()?;
            let call = self.dynamodb.batch_write_item();
            call.request_items("jobs", writes).send().await?;
        }
        Ok(())
    }

    async fn send(&self, bodies: Vec<String>) -> Result<()> {
        let entry = |(position, body): (usize, String)| {
            SendMessageBatchRequestEntry::builder()
                .id(position.to_string())
                .message_body(body)
                .message_group_id(TENANT)
                .build()
        };
        let entries = bodies.into_iter().enumerate().map(entry);
        let entries = entries.collect::<Result<Vec<_>, _>>()?;
        let call = self.sqs.send_message_batch().queue_url(&self.queue_url);
        call.set_entries(Some(entries)).send().await?;
        Ok(())
    }

    /// Works off messages until there are none.
    async fn work(&self) -> Result<()> {
        let chunk = async |body: &str| {
            let chunk = body.split(' ').next().context("no chunk")?;
            self.log_out_chunk(chunk.parse()?).await
        };
        while self.receive_and_delete(chunk).await? > 0 {}
        Ok(())
    }

    /// Answers how many messages there were.
    async fn receive_and_delete(&self, work: impl AsyncFn(&str) -> Result<()>) -> Result<usize> {
        let call = self.sqs.receive_message().queue_url(&self.queue_url);
        let received = call.max_number_of_messages(10).send().await?;
        let messages = received.messages.unwrap_or_default();
        if messages.is_empty() {
            return Ok(0);
        }
        try_join_all(
            messages
                .iter()
                .map(|message| work(message.body().unwrap_or_default())),
        )
        .await?;
        let entry = |(position, message): (usize, &aws_sdk_sqs::types::Message)| {
            DeleteMessageBatchRequestEntry::builder()
                .id(position.to_string())
                .receipt_handle(message.receipt_handle().unwrap_or_default())
                .build()
        };
        let entries = messages.iter().enumerate().map(entry);
        let entries = entries.collect::<Result<Vec<_>, _>>()?;
        let call = self.sqs.delete_message_batch().queue_url(&self.queue_url);
        call.set_entries(Some(entries)).send().await?;
        Ok(messages.len())
    }

    async fn log_out_chunk(&self, chunk: u32) -> Result<()> {
        let progress = format!("progress#{}#{:04}", self.plan_id, chunk / 64);
        self.read_chunk(chunk, &progress).await?;
        let agents: Vec<u32> = self.agents_of(chunk).collect();
        try_join_all(agents.chunks(25).map(|batch| self.log_out(batch))).await?;
        let count = self.dynamodb.update_item().table_name("jobs");
        count
            .key("job_key", self.job_key())
            .key("part", text(progress))
            .update_expression(
                "SET counted_at = :now ADD done_chunks :chunks, logged_out_count :out",
            )
            .condition_expression("NOT contains(done_chunks, :chunk)")
            .expression_attribute_values(":now", number(ONLINE_SINCE_MS))
            .expression_attribute_values(":chunk", number(chunk))
            .expression_attribute_values(":chunks", AttributeValue::Ns(vec![chunk.to_string()]))
            .expression_attribute_values(":out", number(agents.len()))
            .send()
            .await?;
        Ok(())
    }

    async fn read_chunk(&self, chunk: u32, progress: &str) -> Result<()> {
        let mut agents = KeysAndAttributes::builder();
        for agent in self.agents_of(chunk) {
            let key = ("agent_key".to_owned(), text(format!("{TENANT}#{agent}")));
            agents = agents.keys([key].into());
        }
        let mut jobs = KeysAndAttributes::builder();
        for part in ["job", progress] {
            let key = [
                ("job_key".to_owned(), self.job_key()),
                ("part".to_owned(), text(part)),
            ];
            jobs = jobs.keys(key.into());
        }
        let call = self.dynamodb.batch_get_item();
        let call = call.request_items("agents", agents.build()?);
        call.request_items("jobs", jobs.build()?).send().await?;
        Ok(())
    }

    async fn log_out(&self, agents: &[u32]) -> Result<()> {
        let statement = |agent: &u32| {
            let last_logout = [
                ("request".to_owned(), text("job#1#1795330800000")),
                ("at".to_owned(), number(ONLINE_SINCE_MS)),
            ];
            BatchStatementRequest::builder()
                .statement(
                    r#"UPDATE "agents" SET agent_status='Offline' SET last_logout=? REMOVE pending_logout WHERE agent_key=? AND agent_status=? AND online_since=?"#,
                )
                .parameters(AttributeValue::M(last_logout.into()))
                .parameters(text(format!("{TENANT}#{agent}")))
                .parameters(text(STATUS))
                .parameters(number(ONLINE_SINCE_MS))
                .build()
        };
        let statements = agents.iter().map(statement);
        let statements = statements.collect::<Result<Vec<_>, _>>()?;
        let call = self.dynamodb.batch_execute_statement();
        call.set_statements(Some(statements)).send().await?;
        Ok(())
    }
}
