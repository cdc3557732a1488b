//! Finding the jobs that a machine left unfinished.

use domain::jobs::{AcceptedJob, JobRef};
use domain::timestamp::Timestamp;

use crate::error::StoreError;
use crate::items::attributes::text;
use crate::items::job_item::{REQUEST, accepted_job};
use crate::store::Store;

impl Store {
    /// The jobs that are neither completed nor expired. This scans the whole table: `local` does so once, when it starts.
    ///
    /// # Errors
    /// DynamoDB refused.
    pub async fn unfinished_jobs(&self, now: Timestamp) -> Result<Vec<AcceptedJob>, StoreError> {
        let scan = self.client.scan().table_name(&self.tables.jobs);
        let scan = scan
            .filter_expression("part = :request")
            .expression_attribute_values(":request", text(REQUEST));
        let mut unfinished = Vec::new();
        let mut items = scan.into_paginator().items().send();
        while let Some(item) = items.next().await {
            let item = item.map_err(StoreError::call("Scan"))?;
            let accepted = accepted_job(&item).filter(|accepted| accepted.job.expires_at > now);
            let Some(accepted) = accepted else { continue };
            let JobRef { tenant, job_id, .. } = &accepted.job;
            let job = self.read_job(tenant, *job_id, now).await?;
            if job.is_none_or(|job| !job.is_completed()) {
                unfinished.push(accepted);
            }
        }
        Ok(unfinished)
    }
}
