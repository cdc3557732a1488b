//! Jobs: numbered, stored, planned, counted, read.

use aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder;
use aws_sdk_dynamodb::types::{AttributeValue, ReturnValue};
use futures::future::join;

use domain::ids::JobId;
use domain::jobs::{AcceptedJob, Chunk, Job, JobRef, OutcomeCounts, Plan};
use domain::tenant::Tenant;
use domain::timestamp::Timestamp;
use wire::stored::StoredSelection;

use crate::calls::ConditionalWrite;
use crate::error::StoreError;
use crate::items::attributes::{epoch_ms, number, read_number, text};
use crate::items::job_item::{
    AFTER_PROGRESS, JOB, REQUEST, expires_at, job_key, job_of_items, progress_part,
};
use crate::store::Store;

impl Store {
    /// The next job id of a tenant. An id that is not used leaves a gap.
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
        let answer = self.call("UpdateItem", || call.clone().send()).await?;
        let last = answer
            .attributes()
            .and_then(|item| read_number(item, "last_job_id"));
        last.and_then(JobId::new).ok_or(StoreError::Item {
            what: "counter of jobs",
        })
    }

    /// Stores a job that was accepted, unless it is stored already.
    ///
    /// # Errors
    /// DynamoDB refused.
    pub async fn put_job(&self, accepted: &AcceptedJob) -> Result<ConditionalWrite, StoreError> {
        let (request, job) = join(self.put_request(accepted), self.put_new(&accepted.job)).await;
        request.and(job)
    }

    /// The selection has an item of its own: it may be large, and is not read when a job is looked up.
    async fn put_request(&self, accepted: &AcceptedJob) -> Result<(), StoreError> {
        let job = &accepted.job;
        let selection = serde_json::to_string(&StoredSelection::from(&accepted.selection));
        let selection = selection.expect("a selection has ids and strings");
        let call = self.client.put_item().table_name(&self.tables.jobs);
        let call = call
            .item("job_key", job_key(&job.tenant, job.job_id))
            .item("part", text(REQUEST))
            .item("tenant", text(job.tenant.as_str()))
            .item("job_id", number(job.job_id))
            .item("accepted_at", epoch_ms(job.accepted_at))
            .item("expires_at", expires_at(job))
            .item("selection", text(&selection));
        self.call("PutItem", || call.clone().send()).await?;
        Ok(())
    }

    async fn put_new(&self, job: &JobRef) -> Result<ConditionalWrite, StoreError> {
        let call = self.client.put_item().table_name(&self.tables.jobs);
        let call = call
            .item("job_key", job_key(&job.tenant, job.job_id))
            .item("part", text(JOB))
            .item("accepted_at", epoch_ms(job.accepted_at))
            .item("expires_at", expires_at(job))
            .condition_expression("attribute_not_exists(job_key)");
        self.write_if("PutItem", || call.clone().send()).await
    }

    /// Makes this the plan of the job, unless the job has a plan or is gone.
    ///
    /// # Errors
    /// DynamoDB refused.
    pub async fn set_plan(
        &self,
        job: &JobRef,
        plan: &Plan,
    ) -> Result<ConditionalWrite, StoreError> {
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
        self.write_if("UpdateItem", || call.clone().send()).await
    }

    /// Counts a chunk, unless it was counted: one write adds its number to a set and its counts to the sums.
    ///
    /// # Errors
    /// DynamoDB refused.
    pub async fn count_chunk(
        &self,
        chunk: &Chunk,
        counts: &OutcomeCounts,
        now: Timestamp,
    ) -> Result<ConditionalWrite, StoreError> {
        let (job, number_text) = (&chunk.job, chunk.number.to_string());
        let call = self.client.update_item().table_name(&self.tables.jobs);
        let call = call
            .key("job_key", job_key(&job.tenant, job.job_id))
            .key("part", progress_part(&chunk.plan_id, chunk.number))
            .update_expression(
                "SET counted_at = :now, expires_at = :expires \
                 ADD counted_chunks :chunks, logged_out_count :logged_out, deferred_count :deferred, \
                 not_found_count :not_found, offline_count :offline, newer_session_count :newer_session",
            )
            .condition_expression("NOT contains(counted_chunks, :chunk)")
            .expression_attribute_values(":now", epoch_ms(now))
            .expression_attribute_values(":expires", expires_at(job))
            .expression_attribute_values(":chunk", number(chunk.number))
            .expression_attribute_values(":chunks", AttributeValue::Ns(vec![number_text]))
            .expression_attribute_values(":logged_out", number(counts.logged_out))
            .expression_attribute_values(":deferred", number(counts.deferred))
            .expression_attribute_values(":not_found", number(counts.not_found))
            .expression_attribute_values(":offline", number(counts.offline))
            .expression_attribute_values(":newer_session", number(counts.newer_session));
        self.write_if("UpdateItem", || call.clone().send()).await
    }

    /// A job with its progress, in one strongly consistent query. `None` for an expired job.
    ///
    /// # Errors
    /// DynamoDB refused.
    pub async fn read_job(
        &self,
        tenant: &Tenant,
        job_id: JobId,
        now: Timestamp,
    ) -> Result<Option<Job>, StoreError> {
        let items = self.query_all(&self.query_job(tenant, job_id)).await?;
        Ok(job_of_items(&items, now))
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
