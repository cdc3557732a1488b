//! Works off the queue of jobs: plans a job into chunks, logs out the agents of a chunk.

mod chunk;
mod plan;

use aws_lambda_events::sqs::{SqsBatchResponse, SqsEvent, SqsMessage};
use logout::app::App;
use logout::batch::{self, Failed, NoTime};
use logout::logging::error_chain;
use logout::message::Message;
use logout::queue::QueueError;
use logout::store::StoreError;
use logout::tenant::Tenant;
use logout::timestamp::Timestamp;
use logout::versioned::BodyError;
use thiserror::Error;
use tokio::sync::Semaphore;
use tracing::warn;

/// So many messages of a batch are worked on at once; the event source hands over at most as many.
const MAX_PARALLEL_MESSAGES: usize = 10;
/// The ids of a million agents take 8 MB, and two or three times that while they are gathered, so one job is planned
/// after the other.
const MAX_PARALLEL_PLANS: usize = 1;

/// Why a message comes back. It is reported to SQS, which hands it out again and in the end moves it to the dead-letter
/// queue.
#[derive(Debug, Error)]
enum WorkError {
    /// The body is not a message.
    #[error("the message cannot be read")]
    Unreadable(#[from] BodyError),
    /// The selectors of a plan make no sense.
    #[error("the selectors make no sense")]
    Selectors,
    /// The job, or a part of it, was deleted or has expired.
    #[error("the job is gone")]
    Gone,
    /// The function is about to be stopped.
    #[error(transparent)]
    NoTime(#[from] NoTime),
    /// DynamoDB refused.
    #[error("DynamoDB")]
    Store(#[from] StoreError),
    /// SQS refused.
    #[error("SQS")]
    Queue(#[from] QueueError),
}

/// Works on a batch until `deadline`, and reports the messages that are to come again.
pub async fn handle(app: &App, event: SqsEvent, deadline: Timestamp) -> SqsBatchResponse {
    let plans = Semaphore::new(MAX_PARALLEL_PLANS);
    let work = |message| process_record(app, message, &plans, deadline);
    let messages = event.records.into_iter();
    let alone = messages.map(|message| vec![(batch::id_of(&message), message)]);
    batch::each_message(MAX_PARALLEL_MESSAGES, alone, work).await
}

async fn process_record(
    app: &App,
    record: SqsMessage,
    plans: &Semaphore,
    deadline: Timestamp,
) -> Result<(), Failed> {
    let message = Message::parse(record.body.as_deref().unwrap_or_default());
    let job = message.as_ref().ok().map(|message| message.job().clone());
    let Err(error) = process_message(app, message, plans, deadline).await else {
        return Ok(());
    };
    warn!(
        message_id = record.message_id,
        tenant = job.as_ref().map(|job| Tenant::as_str(&job.tenant)),
        job = job.as_ref().map(|job| job.job_id.get()),
        error = error_chain(&error),
        "a message failed"
    );
    Err(Failed)
}

async fn process_message(
    app: &App,
    message: Result<Message, BodyError>,
    plans: &Semaphore,
    deadline: Timestamp,
) -> Result<(), WorkError> {
    let message = message?;
    if message.job().expires_at <= app.clock.now() {
        return Err(WorkError::Gone);
    }
    let work = Box::pin(work_on(app, message, plans));
    batch::in_time(&app.clock, deadline, work).await?
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
