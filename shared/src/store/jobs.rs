//! Jobs: accepted, planned, counted, looked up.

use std::collections::BTreeSet;
use std::error::Error;

use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder;
use aws_sdk_dynamodb::types::{AttributeValue, ReturnValue};
use futures::future::join;

use super::item::{Item, epoch_ms, number, read_number, read_text, read_time, text};
use super::{Store, StoreError};
use crate::ids::JobId;
use crate::job::{AcceptedJob, ChunkRef, Job, JobRef, Plan, Progress, Tally};
use crate::tenant::Tenant;
use crate::timestamp::Timestamp;

/// So many chunks are counted in one item, which keeps it below 1 KB and one write unit.
const CHUNKS_PER_PROGRESS: u32 = 64;
/// The part of the item that says what a job is.
const JOB: &str = "job";
/// The part of the item that says who is meant. Sorts after every progress item.
const REQUEST: &str = "request";
/// Sorts after the part of every progress item.
const AFTER_PROGRESS: &str = "progress#~";

/// What became of a write that only the first of several may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum First {
    /// This was the first.
    Yes,
    /// Another was there before; nothing was written.
    No,
}

impl Store {
    /// The next job id of a tenant. One that is not used in the end leaves a gap.
    ///
    /// # Errors
    /// DynamoDB refused.
    pub async fn next_job_id(&self, tenant: &Tenant) -> Result<JobId, StoreError> {
        let call = self.client.update_item().table_name(&self.tables.jobs);
        let call = call
            .key("job_key", text(tenant.as_str()))
            .key("part", text("counter"))
            .update_expression("ADD last_job_id :one")
            .expression_attribute_values(":one", number(1))
            .return_values(ReturnValue::UpdatedNew);
        let answer = call.send().await.map_err(StoreError::call("UpdateItem"))?;
        let last = answer
            .attributes()
            .and_then(|item| read_number(item, "last_job_id"));
        last.and_then(JobId::new).ok_or(StoreError::Item {
            what: "counter of jobs",
        })
    }

    /// Writes down a job that was accepted, unless it is there.
    ///
    /// # Errors
    /// DynamoDB refused.
    pub async fn put_job(&self, accepted: &AcceptedJob) -> Result<First, StoreError> {
        let (request, first) = join(self.put_request(accepted), self.put_new(&accepted.job)).await;
        request.and(first)
    }

    /// The selectors have an item of their own: they may be large, and looking a job up does not read them.
    async fn put_request(&self, accepted: &AcceptedJob) -> Result<(), StoreError> {
        let job = &accepted.job;
        let selectors = serde_json::to_string(&accepted.selectors);
        let selectors = selectors.expect("selectors hold ids and strings");
        let call = self.client.put_item().table_name(&self.tables.jobs);
        let call = call
            .item("job_key", job_key(&job.tenant, job.job_id))
            .item("part", text(REQUEST))
            .item("tenant", text(job.tenant.as_str()))
            .item("job_id", number(job.job_id))
            .item("accepted_at", epoch_ms(job.accepted_at))
            .item("expires_at", expires_at(job))
            .item("selectors", text(&selectors));
        call.send().await.map_err(StoreError::call("PutItem"))?;
        Ok(())
    }

    async fn put_new(&self, job: &JobRef) -> Result<First, StoreError> {
        let call = self.client.put_item().table_name(&self.tables.jobs);
        let call = call
            .item("job_key", job_key(&job.tenant, job.job_id))
            .item("part", text(JOB))
            .item("accepted_at", epoch_ms(job.accepted_at))
            .item("expires_at", expires_at(job))
            .condition_expression("attribute_not_exists(job_key)");
        first(call.send().await, "PutItem")
    }

    /// Decides on a plan, unless one was decided on or the job is gone.
    ///
    /// # Errors
    /// DynamoDB refused.
    pub async fn mark_planned(&self, job: &JobRef, plan: &Plan) -> Result<First, StoreError> {
        let call = self.client.update_item().table_name(&self.tables.jobs);
        let call = call
            .key("job_key", job_key(&job.tenant, job.job_id))
            .key("part", text(JOB))
            .update_expression("SET plan_id = :plan, chunk_count = :chunks, agent_count = :agents, planned_at = :at")
            .condition_expression("attribute_exists(job_key) AND attribute_not_exists(plan_id)")
            .expression_attribute_values(":plan", text(&plan.plan_id))
            .expression_attribute_values(":chunks", number(plan.chunks))
            .expression_attribute_values(":agents", number(plan.agents))
            .expression_attribute_values(":at", epoch_ms(plan.planned_at));
        first(call.send().await, "UpdateItem")
    }

    /// Counts a chunk, unless it was counted: its number goes into a set and its sums onto counters, in one write.
    ///
    /// # Errors
    /// DynamoDB refused.
    pub async fn count_chunk(
        &self,
        chunk: &ChunkRef,
        tally: &Tally,
        now: Timestamp,
    ) -> Result<First, StoreError> {
        let ChunkRef {
            job,
            plan_id,
            chunk,
        } = chunk;
        let call = self.client.update_item().table_name(&self.tables.jobs);
        let call = call
            .key("job_key", job_key(&job.tenant, job.job_id))
            .key("part", progress_part(plan_id, *chunk))
            .update_expression(
                "SET counted_at = :now, expires_at = :expires \
                 ADD done_chunks :chunks, logged_out_count :logged_out, deferred_count :deferred, \
                 missing_count :missing, offline_count :offline, later_session_count :later_session",
            )
            .condition_expression("NOT contains(done_chunks, :chunk)")
            .expression_attribute_values(":now", epoch_ms(now))
            .expression_attribute_values(":expires", expires_at(job))
            .expression_attribute_values(":chunk", number(*chunk))
            .expression_attribute_values(":chunks", AttributeValue::Ns(vec![chunk.to_string()]))
            .expression_attribute_values(":logged_out", number(tally.logged_out))
            .expression_attribute_values(":deferred", number(tally.deferred))
            .expression_attribute_values(":missing", number(tally.missing))
            .expression_attribute_values(":offline", number(tally.offline))
            .expression_attribute_values(":later_session", number(tally.later_session));
        first(call.send().await, "UpdateItem")
    }

    /// A job with its progress, in one query, all confirmed writes included. An expired one is gone.
    ///
    /// # Errors
    /// DynamoDB refused.
    pub async fn read_job(
        &self,
        tenant: &Tenant,
        job_id: JobId,
        now: Timestamp,
    ) -> Result<Option<Job>, StoreError> {
        let mut items = Vec::new();
        let mut start = None;
        loop {
            let query = self
                .query_job(tenant, job_id)
                .set_exclusive_start_key(start);
            let page = query.send().await.map_err(StoreError::call("Query"))?;
            start = page.last_evaluated_key;
            items.extend(page.items.unwrap_or_default());
            if start.is_none() {
                return Ok(job_of_items(&items, now));
            }
        }
    }

    /// Jobs that are neither completed nor expired. Reads the whole table: for the start of a machine of its own, not for functions.
    ///
    /// # Errors
    /// DynamoDB refused.
    pub async fn unfinished_jobs(&self, now: Timestamp) -> Result<Vec<AcceptedJob>, StoreError> {
        let mut unfinished = Vec::new();
        let mut start = None;
        loop {
            let scan = self
                .client
                .scan()
                .table_name(&self.tables.jobs)
                .filter_expression("part = :request");
            let scan = scan
                .expression_attribute_values(":request", text(REQUEST))
                .set_exclusive_start_key(start);
            let page = scan.send().await.map_err(StoreError::call("Scan"))?;
            let accepted = page.items().iter().filter_map(accepted_job);
            for accepted in accepted.filter(|accepted| accepted.job.expires_at > now) {
                let job = self
                    .read_job(&accepted.job.tenant, accepted.job.job_id, now)
                    .await?;
                if job.is_none_or(|job| !job.is_completed()) {
                    unfinished.push(accepted);
                }
            }
            start = page.last_evaluated_key;
            if start.is_none() {
                return Ok(unfinished);
            }
        }
    }

    fn query_job(&self, tenant: &Tenant, job_id: JobId) -> QueryFluentBuilder {
        let query = self
            .client
            .query()
            .table_name(&self.tables.jobs)
            .consistent_read(true);
        query
            .key_condition_expression("job_key = :key AND part BETWEEN :job AND :end")
            .expression_attribute_values(":key", job_key(tenant, job_id))
            .expression_attribute_values(":job", text(JOB))
            .expression_attribute_values(":end", text(AFTER_PROGRESS))
    }
}

/// The key of all items of a job.
pub(super) fn job_key(tenant: &Tenant, job_id: JobId) -> AttributeValue {
    AttributeValue::S(format!("{tenant}#{job_id}"))
}

/// The part in which a chunk is counted: every plan has its own, so that one that was not decided on, or was forgotten
/// with a deleted job, passes nothing off as done.
pub(super) fn progress_part(plan_id: &str, chunk: u32) -> AttributeValue {
    let number = chunk / CHUNKS_PER_PROGRESS;
    text(&format!("progress#{plan_id}#{number:04}"))
}

/// When DynamoDB may delete an item of a job: epoch seconds, as its time to live wants them.
pub(super) fn expires_at(job: &JobRef) -> AttributeValue {
    number(job.expires_at.epoch_ms() / 1_000)
}

fn first<T, E>(
    written: Result<T, SdkError<E>>,
    operation: &'static str,
) -> Result<First, StoreError>
where
    E: ProvideErrorMetadata + Error + Send + Sync + 'static,
{
    match written {
        Ok(_) => Ok(First::Yes),
        Err(error) if error.code() == Some("ConditionalCheckFailedException") => Ok(First::No),
        Err(error) => Err(StoreError::call(operation)(error)),
    }
}

/// The job of its items; none if it is not written down, or expired.
fn job_of_items(items: &[Item], now: Timestamp) -> Option<Job> {
    let job = items
        .iter()
        .find(|item| read_text(item, "part") == Some(JOB))?;
    let expires_at_s = i64::try_from(read_number(job, "expires_at")?).ok()?;
    if expires_at_s <= now.epoch_ms() / 1_000 {
        return None;
    }
    let plan = plan(job);
    let of_plan = plan
        .as_ref()
        .map(|plan| format!("progress#{}#", plan.plan_id));
    let mut progress = Progress::default();
    for item in items {
        let part = read_text(item, "part").unwrap_or_default();
        if of_plan
            .as_ref()
            .is_some_and(|of_plan| part.starts_with(of_plan))
        {
            progress.done.extend(done_chunks(item));
            progress.tally.merge(&tally(item));
            progress.counted_at = progress.counted_at.max(read_time(item, "counted_at"));
        }
    }
    Some(Job {
        accepted_at: read_time(job, "accepted_at")?,
        plan,
        progress,
    })
}

fn plan(job: &Item) -> Option<Plan> {
    Some(Plan {
        plan_id: read_text(job, "plan_id")?.to_owned(),
        chunks: u32::try_from(read_number(job, "chunk_count")?).ok()?,
        agents: read_number(job, "agent_count")?,
        planned_at: read_time(job, "planned_at")?,
    })
}

/// The numbers of the chunks that an item counts; none if it is no progress item.
pub(super) fn done_chunks(item: &Item) -> BTreeSet<u32> {
    let numbers = item.get("done_chunks").and_then(|set| set.as_ns().ok());
    numbers
        .into_iter()
        .flatten()
        .filter_map(|number| number.parse().ok())
        .collect()
}

fn tally(item: &Item) -> Tally {
    let count = |name| read_number(item, name).unwrap_or(0);
    Tally {
        logged_out: count("logged_out_count"),
        deferred: count("deferred_count"),
        missing: count("missing_count"),
        offline: count("offline_count"),
        later_session: count("later_session_count"),
    }
}

fn accepted_job(item: &Item) -> Option<AcceptedJob> {
    let expires_at_s = i64::try_from(read_number(item, "expires_at")?).ok()?;
    Some(AcceptedJob {
        job: JobRef {
            tenant: Tenant::parse(read_text(item, "tenant")?)?,
            job_id: JobId::new(read_number(item, "job_id")?)?,
            accepted_at: read_time(item, "accepted_at")?,
            expires_at: Timestamp::from_epoch_ms(expires_at_s * 1_000),
        },
        selectors: serde_json::from_str(read_text(item, "selectors")?).ok()?,
    })
}
