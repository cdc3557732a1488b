//! Works on the queue of jobs: logs out the agents of a chunk.

use aws_lambda_events::sqs::{SqsBatchResponse, SqsEvent};
use domain::timestamp::Timestamp;
use service::clock::Clock;
use service::jobs::{JobError, hand_over_plan, log_out_chunk};
use service::lambda::environment::{Environment, SettingsError};
use service::lambda::job_messages::process_job_messages;
use service::lambda::queue_settings::MAX_PARALLEL_CHUNKS;
use store::connection::RetryLimit;
use store::{JobQueue, Store};
use wire::messages::JobMessage;

/// What the function keeps between invocations.
pub struct LogoutWorkerFunction {
    /// DynamoDB.
    pub store: Store,
    /// Where plans go.
    pub plans: JobQueue,
    /// The present time.
    pub clock: Clock,
}

impl LogoutWorkerFunction {
    /// Reads the settings of a deployment.
    ///
    /// # Errors
    /// A variable is missing or invalid.
    pub fn from_environment(environment: &Environment) -> Result<Self, SettingsError> {
        let limit = RetryLimit::UntilDeadline;
        Ok(Self {
            store: environment.store(limit)?,
            plans: environment.plans_queue(limit)?,
            clock: Clock::system(),
        })
    }

    /// Works on a batch until `deadline`, and reports the messages that failed.
    pub async fn handle(&self, event: SqsEvent, deadline: Timestamp) -> SqsBatchResponse {
        let work = |message| self.work_on(message);
        process_job_messages(MAX_PARALLEL_CHUNKS, event, &self.clock, deadline, work).await
    }

    async fn work_on(&self, message: JobMessage) -> Result<(), JobError> {
        match message {
            JobMessage::Chunk(chunk) => log_out_chunk(&self.store, &self.clock, &chunk).await,
            JobMessage::Plan(plan) => hand_over_plan(&self.plans, plan).await,
        }
    }
}
