//! Works on the queue of jobs: plans a job, or logs out the agents of a chunk.

use aws_lambda_events::sqs::{SqsBatchResponse, SqsEvent, SqsMessage};
use domain::tenant::Tenant;
use domain::timestamp::Timestamp;
use service::clock::Clock;
use service::error_chain::error_chain;
use service::jobs::{JobError, log_out_chunk, plan_job};
use service::lambda::deadline::{OutOfTime, until_deadline};
use service::lambda::environment::{Environment, SettingsError};
use service::lambda::partial_batch_response::{Failed, message_id, process_messages};
use store::{JobQueue, Store};
use thiserror::Error;
use tokio::sync::Semaphore;
use tracing::warn;
use wire::messages::{JobMessage, MessageError};

/// The maximum number of messages of a batch that are processed at once; the event source hands over at most as many.
const MAX_PARALLEL_MESSAGES: usize = 10;
/// The ids of a million agents take 8 MB, and two or three times that while they are collected, so jobs are planned one after
/// the other.
const MAX_PARALLEL_PLANS: usize = 1;

/// Why a message failed. It is reported to SQS, which delivers it again and finally moves it to the dead-letter queue.
#[derive(Debug, Error)]
enum WorkError {
    /// The body is not a message.
    #[error("the message cannot be read")]
    Unreadable(#[from] MessageError),
    /// The deadline of the invocation is too near.
    #[error(transparent)]
    OutOfTime(#[from] OutOfTime),
    /// The step of the job failed.
    #[error(transparent)]
    Job(#[from] JobError),
}

/// What the function keeps between invocations.
pub struct LogoutWorkerFunction {
    /// DynamoDB.
    pub store: Store,
    /// Where chunks go.
    pub job_queue: JobQueue,
    /// The present time.
    pub clock: Clock,
}

impl LogoutWorkerFunction {
    /// Reads the settings of a deployment.
    ///
    /// # Errors
    /// A variable is missing or invalid.
    pub fn from_environment(environment: &Environment) -> Result<Self, SettingsError> {
        Ok(Self {
            store: environment.store()?,
            job_queue: environment.job_queue()?,
            clock: Clock::system(),
        })
    }

    /// Works on a batch until `deadline`, and reports the messages that failed.
    pub async fn handle(&self, event: SqsEvent, deadline: Timestamp) -> SqsBatchResponse {
        let plans = Semaphore::new(MAX_PARALLEL_PLANS);
        let work = |message| self.process_message(message, &plans, deadline);
        let messages = event.records.into_iter();
        let groups = messages.map(|message| vec![(message_id(&message), message)]);
        process_messages(MAX_PARALLEL_MESSAGES, groups, work).await
    }

    async fn process_message(
        &self,
        message: SqsMessage,
        plans: &Semaphore,
        deadline: Timestamp,
    ) -> Result<(), Failed> {
        let parsed = JobMessage::parse(message.body.as_deref().unwrap_or_default());
        let job = parsed.as_ref().ok().map(|message| message.job().clone());
        let Err(error) = self.try_message(parsed, plans, deadline).await else {
            return Ok(());
        };
        warn!(
            message_id = message.message_id,
            tenant = job.as_ref().map(|job| Tenant::as_str(&job.tenant)),
            job = job.as_ref().map(|job| job.job_id.get()),
            error = error_chain(&error),
            "a message failed"
        );
        Err(Failed)
    }

    async fn try_message(
        &self,
        message: Result<JobMessage, MessageError>,
        plans: &Semaphore,
        deadline: Timestamp,
    ) -> Result<(), WorkError> {
        let message = message?;
        if message.job().expires_at <= self.clock.now() {
            return Err(JobError::Gone.into());
        }
        let work = Box::pin(self.work_on(message, plans));
        Ok(until_deadline(&self.clock, deadline, work).await??)
    }

    async fn work_on(&self, message: JobMessage, plans: &Semaphore) -> Result<(), JobError> {
        match message {
            JobMessage::Plan(accepted) => {
                let _turn = plans.acquire().await;
                plan_job(&self.store, &self.job_queue, &accepted, &self.clock).await
            }
            JobMessage::Chunk(chunk) => log_out_chunk(&self.store, &self.clock, &chunk).await,
        }
    }
}
