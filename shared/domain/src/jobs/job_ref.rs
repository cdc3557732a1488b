//! Which job, and what was accepted.

use crate::agents::RequestId;
use crate::ids::JobId;
use crate::selection::Selection;
use crate::tenant::Tenant;
use crate::timestamp::Timestamp;

/// Identifies a job, with all that is needed to work on it without reading it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JobRef {
    /// The tenant.
    pub tenant: Tenant,
    /// The number of the job within the tenant.
    pub job_id: JobId,
    /// When it was accepted. Sessions that began later are not touched.
    pub accepted_at: Timestamp,
    /// When it is deleted.
    pub expires_at: Timestamp,
}

/// A request that became a job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AcceptedJob {
    /// The job.
    pub job: JobRef,
    /// The agents it selects.
    pub selection: Selection,
}

impl JobRef {
    /// The name that the job leaves on the agents it touches. It holds the time, so that a job of the same number in a table
    /// that was lost and created anew is another request.
    #[must_use]
    pub fn request_id(&self) -> RequestId {
        RequestId::new(format!(
            "job#{}#{}",
            self.job_id,
            self.accepted_at.epoch_ms()
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_job_leaves_its_number_and_time_on_agents() {
        let accepted_at = Timestamp::from_epoch_ms(1_000);
        let job = JobRef {
            tenant: Tenant::parse("acme").unwrap(),
            job_id: JobId::new(5).unwrap(),
            accepted_at,
            expires_at: accepted_at,
        };
        let name = job.request_id();
        assert_eq!(name.as_str(), "job#5#1000");
        assert_eq!(name.to_string(), "job#5#1000");
    }
}
