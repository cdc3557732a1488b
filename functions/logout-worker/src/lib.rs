//! Works off the queue of jobs: plans a job into chunks, logs out the agents of a chunk.

mod chunk;
mod plan;

use std::convert::Infallible;
use std::time::Duration;

use aws_lambda_events::sqs::{BatchItemFailure, SqsBatchResponse, SqsEvent, SqsMessage};
use logout::app::App;
use logout::bounded;
use logout::logging::error_chain;
use logout::message::{Message, MessageError};
use logout::queue::QueueError;
use logout::store::StoreError;
use logout::timestamp::Timestamp;
use thiserror::Error;
use tokio::sync::Semaphore;
use tokio::time::timeout;
use tracing::warn;

/// So many messages of a batch are worked on at once; the event source hands over at most as many.
const MAX_PARALLEL_MESSAGES: usize = 10;
/// The ids of a million agents take 8 MB, and two or three times that while they are gathered, so one job is planned
/// after the other.
const MAX_PARALLEL_PLANS: usize = 1;
/// So long before it is stopped, an invocation gives up on what is not done, so that it can still report what is.
const TIME_TO_REPORT: Duration = Duration::from_secs(2);

/// Why a message comes back. It is reported to SQS, which hands it out again and in the end moves it to the dead-letter
/// queue.
#[derive(Debug, Error)]
enum WorkError {
    /// The body is not a message.
    #[error("the message cannot be read")]
    Unreadable(#[from] MessageError),
    /// The selectors of a plan make no sense.
    #[error("the selectors make no sense")]
    Selectors,
    /// The job, or a part of it, was deleted or has expired.
    #[error("the job is gone")]
    Gone,
    /// The function is about to be stopped.
    #[error("no time is left")]
    NoTime,
    /// DynamoDB refused.
    #[error("DynamoDB")]
    Store(#[from] StoreError),
    /// SQS refused.
    #[error("SQS")]
    Queue(#[from] QueueError),
}

/// Works on a batch until `deadline`, and reports the messages that are to come again.
pub async fn handle(app: &App, event: SqsEvent, deadline: Timestamp) -> SqsBatchResponse {
    let mut answer = SqsBatchResponse::default();
    let records = event.records.into_iter();
    let plans = Semaphore::new(MAX_PARALLEL_PLANS);
    let work = records.map(|record| process_record(app, record, &plans, deadline));
    let report = |failure| answer.batch_item_failures.extend(failure);
    let Ok(()) = bounded::try_for_each(MAX_PARALLEL_MESSAGES, work, report).await;
    answer
}

async fn process_record(
    app: &App,
    record: SqsMessage,
    plans: &Semaphore,
    deadline: Timestamp,
) -> Result<Option<BatchItemFailure>, Infallible> {
    let body = record.body.as_deref().unwrap_or_default();
    let message = Message::parse(body);
    let job = message.as_ref().ok().map(Message::job);
    let (tenant, job_id) = (
        job.map(|job| job.tenant.clone()),
        job.map(|job| job.job_id.get()),
    );
    let Err(error) = process_message(app, message, plans, deadline).await else {
        return Ok(None);
    };
    // Without an id, Lambda takes the whole batch for failed, which is right: nothing else can be said.
    let message_id = record.message_id.unwrap_or_default();
    let tenant = tenant.as_ref().map(logout::tenant::Tenant::as_str);
    warn!(
        message_id,
        tenant,
        job = job_id,
        error = error_chain(&error),
        "a message failed"
    );
    let mut failure = BatchItemFailure::default();
    failure.item_identifier = message_id;
    Ok(Some(failure))
}

async fn process_message(
    app: &App,
    message: Result<Message, MessageError>,
    plans: &Semaphore,
    deadline: Timestamp,
) -> Result<(), WorkError> {
    let message = message?;
    let now = app.clock.now();
    let time_left = now.until(deadline).saturating_sub(TIME_TO_REPORT);
    if time_left.is_zero() {
        return Err(WorkError::NoTime);
    }
    if message.job().expires_at <= now {
        return Err(WorkError::Gone);
    }
    // On the heap: the futures of the SDK's calls are large, and there is one for every message under way.
    let work = Box::pin(work_on(app, message, plans));
    timeout(time_left, work)
        .await
        .unwrap_or(Err(WorkError::NoTime))
}

async fn work_on(app: &App, message: Message, plans: &Semaphore) -> Result<(), WorkError> {
    match message {
        Message::Plan(accepted) => {
            let _turn = plans.acquire().await;
            plan::plan_job(app, &accepted).await
        }
        Message::Chunk(chunk) => chunk::log_out_chunk(app, &chunk).await,
    }
}
