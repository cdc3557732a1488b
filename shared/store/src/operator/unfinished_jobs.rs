//! Finding the jobs that a machine left unfinished.

use domain::jobs::AcceptedJob;
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
}
