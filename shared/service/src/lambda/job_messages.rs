//! Batches of messages of jobs, as `job-planner` and `logout-worker` get them: each message is read, checked, worked on until
//! the deadline, and logged and reported if it fails.

use aws_lambda_events::sqs::{SqsBatchResponse, SqsEvent, SqsMessage};
use domain::ids::Id;
use domain::tenant::Tenant;
use domain::timestamp::Timestamp;
use thiserror::Error;
use tracing::warn;
use wire::messages::{JobMessage, MessageError, Subject};

use super::deadline::{OutOfTime, until_deadline};
use super::partial_batch_response::{Failed, message_id, process_messages};
use crate::clock::Clock;
use crate::error_chain::error_chain;
use crate::jobs::JobError;

/// Why a message failed. It is reported to SQS, which delivers it again and finally moves it to the dead-letter queue.
#[derive(Debug, Error)]
enum FailedMessage {
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

/// Does `work` for each message of a batch, at most `limit` at once, until `deadline`, and reports the messages that failed.
/// Messages of a job that has expired fail without it.
pub async fn process_job_messages<F>(
    limit: usize,
    event: SqsEvent,
    clock: &Clock,
    deadline: Timestamp,
    work: impl Fn(JobMessage) -> F,
) -> SqsBatchResponse
where
    F: Future<Output = Result<(), JobError>>,
{
    let messages = event.records.into_iter();
    let groups = messages.map(|message| vec![(message_id(&message), message)]);
    let process = |message| process_message(message, clock, deadline, &work);
    process_messages(limit, groups, process).await
}

async fn process_message<F>(
    message: SqsMessage,
    clock: &Clock,
    deadline: Timestamp,
    work: impl Fn(JobMessage) -> F,
) -> Result<(), Failed>
where
    F: Future<Output = Result<(), JobError>>,
{
    let body = message.body.as_deref().unwrap_or_default();
    let parsed = JobMessage::parse(body);
    let subject = match &parsed {
        Ok(message) => Subject::from(message.job()),
        Err(_) => Subject::of(body),
    };
    let Err(error) = try_message(parsed, clock, deadline, work).await else {
        return Ok(());
    };
    warn!(
        message_id = message.message_id,
        tenant = subject.tenant.as_ref().map(Tenant::as_str),
        job = subject.job_id.map(Id::get),
        error = error_chain(&error),
        "a message failed"
    );
    Err(Failed)
}

async fn try_message<F>(
    message: Result<JobMessage, MessageError>,
    clock: &Clock,
    deadline: Timestamp,
    work: impl Fn(JobMessage) -> F,
) -> Result<(), FailedMessage>
where
    F: Future<Output = Result<(), JobError>>,
{
    let message = message?;
    if message.job().expires_at <= clock.now() {
        return Err(JobError::Gone.into());
    }
    Ok(until_deadline(clock, deadline, Box::pin(work(message))).await??)
}
