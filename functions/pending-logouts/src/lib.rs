//! Finishes pending logouts whose call or chat has ended, from the stream of the agents table: needed when another writer than
//! `presence` changes an agent's status.

use aws_lambda_events::dynamodb::{Event, EventRecord};
use aws_lambda_events::streams::DynamoDbEventResponse;
use domain::presence::pending_logout_transition;
use domain::timestamp::Timestamp;
use service::clock::Clock;
use service::error_chain::error_chain;
use service::lambda::deadline::{OutOfTime, until_deadline};
use service::lambda::environment::{Environment, SettingsError};
use service::lambda::partial_batch_response::{Failed, process_records};
use service::pending_logouts::finish_pending_logout;
use store::connection::RetryLimit;
use store::{Store, StoreError, StreamedAgent};
use thiserror::Error;
use tracing::warn;

/// The maximum number of records that are processed at once: a batch of a hundred takes a few writes in a row.
const MAX_PARALLEL_RECORDS: usize = 25;

/// Why a record failed. It is reported, and the stream is delivered again from there on. After the maximum number of retries
/// the event source sends its position to the dead-letter queue, and goes on.
#[derive(Debug, Error)]
enum RecordError {
    /// The deadline of the invocation is too near.
    #[error(transparent)]
    OutOfTime(#[from] OutOfTime),
    /// The record shows no agent, or DynamoDB refused.
    #[error("DynamoDB")]
    Store(#[from] StoreError),
}

/// What the function keeps between invocations.
pub struct PendingLogoutsFunction {
    /// DynamoDB.
    pub store: Store,
    /// The present time.
    pub clock: Clock,
}

impl PendingLogoutsFunction {
    /// Reads the settings of a deployment.
    ///
    /// # Errors
    /// A variable is missing or invalid.
    pub fn from_environment(environment: &Environment) -> Result<Self, SettingsError> {
        Ok(Self {
            store: environment.store(RetryLimit::UntilDeadline)?,
            clock: Clock::system(),
        })
    }

    /// Processes a batch of records until `deadline`, and reports the first that failed.
    pub async fn handle(&self, event: Event, deadline: Timestamp) -> DynamoDbEventResponse {
        let work = |record| self.process_record(record, deadline);
        process_records(MAX_PARALLEL_RECORDS, event, work).await
    }

    async fn process_record(&self, record: EventRecord, deadline: Timestamp) -> Result<(), Failed> {
        let (event_id, sequence_number) = (
            record.event_id.clone(),
            record.change.sequence_number.clone(),
        );
        let Err(error) = self.process(record, deadline).await else {
            return Ok(());
        };
        warn!(
            event_id,
            sequence_number,
            error = error_chain(&error),
            "a record of the stream failed"
        );
        Err(Failed)
    }

    async fn process(&self, record: EventRecord, deadline: Timestamp) -> Result<(), RecordError> {
        if record.event_name == "REMOVE" {
            return Ok(());
        }
        let agent = StreamedAgent::of_new_image(record.change.new_image, self.store.statuses())?;
        let Some(transition) = pending_logout_transition(&agent.seen.presence) else {
            return Ok(());
        };
        let work = finish_pending_logout(&self.store, &self.clock, &agent, &transition);
        let work = Box::pin(work);
        Ok(until_deadline(&self.clock, deadline, work).await??)
    }
}
