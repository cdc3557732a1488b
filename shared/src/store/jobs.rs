//! Jobs: accepted, planned, counted, looked up.

use aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder;
use aws_sdk_dynamodb::types::{AttributeValue, ReturnValue};
use futures::future::join;

use super::item::{epoch_ms, number, read_number, text};
use super::job_item::{
    AFTER_PROGRESS, JOB, REQUEST, accepted_job, expires_at, job_key, job_of_items, progress_part,
};
use super::{First, Store, StoreError, first};
use crate::ids::JobId;
use crate::job::{AcceptedJob, Chunk, Job, JobRef, Plan, Tally};
use crate::tenant::Tenant;
use crate::timestamp::Timestamp;

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
            .update_expression(
                "SET plan_id = :plan, chunk_count = :chunks, chunk_agents = :chunk_agents, \
                 agent_count = :agents, planned_at = :at",
            )
            .condition_expression("attribute_exists(job_key) AND attribute_not_exists(plan_id)")
            .expression_attribute_values(":plan", text(&plan.plan_id))
            .expression_attribute_values(":chunks", number(plan.chunks))
            .expression_attribute_values(":chunk_agents", number(plan.chunk_agents))
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
        chunk: &Chunk,
        tally: &Tally,
        now: Timestamp,
    ) -> Result<First, StoreError> {
        let (job, number_text) = (&chunk.job, chunk.number.to_string());
        let call = self.client.update_item().table_name(&self.tables.jobs);
        let call = call
            .key("job_key", job_key(&job.tenant, job.job_id))
            .key("part", progress_part(&chunk.plan_id, chunk.number))
            .update_expression(
                "SET counted_at = :now, expires_at = :expires \
                 ADD done_chunks :chunks, logged_out_count :logged_out, deferred_count :deferred, \
                 missing_count :missing, offline_count :offline, later_session_count :later_session",
            )
            .condition_expression("NOT contains(done_chunks, :chunk)")
            .expression_attribute_values(":now", epoch_ms(now))
            .expression_attribute_values(":expires", expires_at(job))
            .expression_attribute_values(":chunk", number(chunk.number))
            .expression_attribute_values(":chunks", AttributeValue::Ns(vec![number_text]))
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
