//! The floor: the calls that a job of idle agents takes, made flat out, with nothing decided, read or looked up by anybody.

mod chunk;

use std::sync::Arc;

use anyhow::{Context, Result};
use aws_sdk_dynamodb::Client as DynamoDb;
use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::{AttributeValue, PutRequest, WriteRequest};
use aws_sdk_sqs::Client as Sqs;
use aws_sdk_sqs::types::{
    DeleteMessageBatchRequestEntry, Message as SqsMessage, SendMessageBatchRequestEntry,
};
use futures::future::try_join_all;
use futures::stream::{self, TryStreamExt};
use local::event_source::{BATCH_SIZE, MAX_CONCURRENCY, WAIT_SECONDS};
use logout::app::days;
use logout::event_sources::JOBS;
use logout::ids::{AgentId, JobId};
use logout::job::{AcceptedJob, JobRef, Plan, Progress};
use logout::message::Message;
use logout::queue::{MAX_BATCH, MAX_PARALLEL_BATCHES};
use logout::settings::DEFAULT_JOB_RETENTION_DAYS;
use logout::tenant::Tenant;
use logout::timestamp::Clock;
use tokio::task::JoinSet;
use uuid::Uuid;

use super::open_messages::OpenMessages;
use crate::backends::Addresses;
use crate::roster::TENANT;
use crate::usage::{Begun, Usage};

/// What the calls are made with, and for whom.
pub struct Floor {
    /// DynamoDB, with agents 1 to `agents` of a roster.
    pub dynamodb: DynamoDb,
    /// SQS.
    pub sqs: Sqs,
    /// The queue of jobs.
    pub queue_url: String,
    /// How many agents there are.
    pub agents: u32,
}

/// Of the service's snapshots.
const PIECE_AGENTS: u32 = 10_000;

/// Makes the calls for agents 1 to `agents`; answers what that took.
///
/// # Errors
/// A call failed.
pub async fn run(addresses: Addresses, agents: u32) -> Result<Usage> {
    let dynamodb = local::dynamodb::client_config(addresses.dynamodb).build();
    let sqs = local::sqs::client_config(addresses.sqs).build();
    let floor = Arc::new(Floor {
        dynamodb: DynamoDb::from_conf(dynamodb),
        sqs: Sqs::from_conf(sqs),
        queue_url: local::sqs::queue_url(addresses.sqs, JOBS.name),
        agents,
    });
    let begun = Begun::now()?;
    floor.drain().await?;
    begun.usage()
}

fn text(text: impl Into<String>) -> AttributeValue {
    AttributeValue::S(text.into())
}

fn job_key() -> AttributeValue {
    text(format!("{TENANT}#1"))
}

fn number(number: impl ToString + Copy) -> AttributeValue {
    AttributeValue::N(number.to_string())
}

impl Floor {
    /// Makes them all.
    ///
    /// # Errors
    /// A call failed, or a write of a batch.
    pub async fn drain(self: Arc<Self>) -> Result<()> {
        let job = self.accept().await?;
        let open = Arc::new(OpenMessages::of(self.agents));
        let mut pollers = JoinSet::new();
        for _ in 0..MAX_CONCURRENCY {
            pollers.spawn(self.clone().poll(open.clone()));
        }
        self.plan(&job).await?;
        tokio::select! {
            () = open.none_left() => Ok(()),
            Some(poller) = pollers.join_next() => poller?,
        }
    }

    async fn accept(&self) -> Result<JobRef> {
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
        let now = Clock::system().now();
        let job = JobRef {
            tenant: Tenant::parse(TENANT).context("no tenant")?,
            job_id: JobId::new(1).context("no id")?,
            accepted_at: now,
            expires_at: now.plus(days(DEFAULT_JOB_RETENTION_DAYS)),
        };
        self.send(vec![plan_message(&job)?.to_body()]).await?;
        let put = |part: &str| {
            let put = self.dynamodb.put_item().table_name("jobs");
            let put = put.item("job_key", job_key()).item("part", text(part));
            put.item(
                "selectors",
                text(r#"{"ip_addrs":["10.0.0.0-10.255.255.255"]}"#),
            )
            .send()
        };
        futures::future::try_join(put("job"), put("request")).await?;
        Ok(job)
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

    async fn plan(&self, job: &JobRef) -> Result<()> {
        let look = self.dynamodb.query().table_name("jobs");
        look.consistent_read(true)
            .key_condition_expression("job_key = :key AND part BETWEEN :job AND :end")
            .expression_attribute_values(":key", job_key())
            .expression_attribute_values(":job", text("job"))
            .expression_attribute_values(":end", text("progress#~"))
            .send()
            .await?;
        let mut start = self.page(None, None).await?;
        while start.is_some() {
            start = self.page(start, None).await?;
        }
        let agent_ids: Vec<AgentId> = (1..=self.agents)
            .filter_map(|agent| AgentId::new(agent.into()))
            .collect();
        let plan = Plan::new(Uuid::new_v4().to_string(), &agent_ids, job.accepted_at);
        self.write_snapshot(&plan).await?;
        let mark = self.dynamodb.update_item().table_name("jobs");
        mark.key("job_key", job_key())
            .key("part", text("job"))
            .update_expression("SET plan_id = :plan, chunk_count = :chunks, agent_count = :agents")
            .condition_expression("attribute_exists(job_key) AND attribute_not_exists(plan_id)")
            .expression_attribute_values(":plan", text(&plan.plan_id))
            .expression_attribute_values(":chunks", number(plan.chunks))
            .expression_attribute_values(":agents", number(plan.agents))
            .send()
            .await?;
        let nothing = Progress::default();
        let mut bodies = plan
            .open_chunks(job, &nothing, &agent_ids)
            .map(|chunk| Message::Chunk(chunk).to_body())
            .peekable();
        let batches = std::iter::from_fn(|| {
            bodies.peek()?;
            Some(Ok(bodies.by_ref().take(MAX_BATCH).collect::<Vec<_>>()))
        });
        stream::iter(batches)
            .try_for_each_concurrent(MAX_PARALLEL_BATCHES, |batch| self.send(batch))
            .await
    }

    async fn write_snapshot(&self, plan: &Plan) -> Result<()> {
        let pieces: Vec<u32> = (0..self.agents.div_ceil(PIECE_AGENTS)).collect();
        // A byte for each agent, as ids are dense.
        let ids_of = |piece: u32| {
            let agents = (self.agents - piece * PIECE_AGENTS).min(PIECE_AGENTS);
            Blob::new(vec![1; agents as usize])
        };
        for batch in pieces.chunks(25) {
            let put = |piece: &u32| {
                let put = PutRequest::builder()
                    .item("job_key", job_key())
                    .item(
                        "part",
                        text(format!("snapshot#{}#{piece:06}", plan.plan_id)),
                    )
                    .item("agent_ids", AttributeValue::B(ids_of(*piece)));
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

    /// Works off messages for ever.
    async fn poll(self: Arc<Self>, open: Arc<OpenMessages>) -> Result<()> {
        loop {
            let call = self.sqs.receive_message().queue_url(&self.queue_url);
            let call = call.max_number_of_messages(BATCH_SIZE);
            let received = call.wait_time_seconds(WAIT_SECONDS).send().await?;
            let messages = received.messages.unwrap_or_default();
            if !messages.is_empty() {
                try_join_all(messages.iter().map(|message| self.work(message))).await?;
                open.count(messages.len());
                self.delete(&messages).await?;
            }
        }
    }

    async fn work(&self, message: &SqsMessage) -> Result<()> {
        match Message::parse(message.body().unwrap_or_default())? {
            Message::Chunk(chunk) => self.log_out_chunk(&chunk).await,
            Message::Plan(_) => Ok(()),
        }
    }

    async fn delete(&self, messages: &[SqsMessage]) -> Result<()> {
        let entry = |(position, message): (usize, &SqsMessage)| {
            DeleteMessageBatchRequestEntry::builder()
                .id(position.to_string())
                .receipt_handle(message.receipt_handle().unwrap_or_default())
                .build()
        };
        let entries = messages.iter().enumerate().map(entry);
        let entries = entries.collect::<Result<Vec<_>, _>>()?;
        let call = self.sqs.delete_message_batch().queue_url(&self.queue_url);
        call.set_entries(Some(entries)).send().await?;
        Ok(())
    }
}

fn plan_message(job: &JobRef) -> Result<Message> {
    let selectors = serde_json::from_str(r#"{"ip_addrs":["10.0.0.0/8"]}"#)?;
    Ok(Message::Plan(AcceptedJob {
        job: job.clone(),
        selectors,
    }))
}
