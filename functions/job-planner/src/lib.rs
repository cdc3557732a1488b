//! Works on the queue of plans: cuts a job into chunks.

use aws_lambda_events::sqs::{SqsBatchResponse, SqsEvent};
use domain::timestamp::Timestamp;
use service::clock::Clock;
use service::jobs::{JobError, plan_job};
use service::lambda::environment::{Environment, SettingsError};
use service::lambda::job_messages::process_job_messages;
use store::connection::RetryLimit;
use store::{JobQueue, Store};
use wire::messages::JobMessage;

/// Jobs are planned one after the other, for the memory that their agents take.
const MAX_PARALLEL_PLANS: usize = 1;

/// What the function keeps between invocations.
pub struct JobPlannerFunction {
    /// DynamoDB.
    pub store: Store,
    /// Where chunks go.
    pub chunks: JobQueue,
    /// The present time.
    pub clock: Clock,
}

impl JobPlannerFunction {
    /// Reads the settings of a deployment.
    ///
    /// # Errors
    /// A variable is missing or invalid.
    pub fn from_environment(environment: &Environment) -> Result<Self, SettingsError> {
        let limit = RetryLimit::UntilDeadline;
        Ok(Self {
            store: environment.store(limit)?,
            chunks: environment.jobs_queue(limit)?,
            clock: Clock::system(),
        })
    }

    /// Plans the jobs of a batch until `deadline`, and reports the messages that failed.
    pub async fn handle(&self, event: SqsEvent, deadline: Timestamp) -> SqsBatchResponse {
        let work = |message| self.plan(message);
        process_job_messages(MAX_PARALLEL_PLANS, event, &self.clock, deadline, work).await
    }

    async fn plan(&self, message: JobMessage) -> Result<(), JobError> {
        match message {
            JobMessage::Plan(plan) => plan_job(&self.store, &self.chunks, &plan, &self.clock).await,
            JobMessage::Chunk(_) => Err(JobError::NotAPlan),
        }
    }
}
