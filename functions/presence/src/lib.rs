//! Applies the contact centre's presence events to the agents table.

mod unknown_addresses;

use std::collections::BTreeMap;

use aws_lambda_events::sqs::{SqsBatchResponse, SqsEvent};
use domain::ids::Id;
use domain::presence::PresenceEvent;
use domain::tenant::Tenant;
use domain::timestamp::Timestamp;
use service::clock::Clock;
use service::error_chain::error_chain;
use service::lambda::deadline::{OutOfTime, until_deadline};
use service::lambda::environment::{Environment, SettingsError};
use service::lambda::partial_batch_response::{Failed, message_id, process_messages};
use service::presence_events::{ApplyEventError, apply_event};
use store::Store;
use store::connection::RetryLimit;
use thiserror::Error;
use tracing::warn;
use wire::messages::{MessageError, Subject, presence_message};

pub use unknown_addresses::UnknownAddresses;

/// The maximum number of agents whose events are applied at once; the event source hands over at most as many messages.
const MAX_PARALLEL_AGENTS: usize = 10;

/// Why an event failed. It is reported to SQS, which delivers it again and finally moves it to the dead-letter queue.
#[derive(Debug, Error)]
enum PresenceError {
    /// The body is not an event.
    #[error("the event cannot be read")]
    Unreadable(#[from] MessageError),
    /// The deadline of the invocation is too near.
    #[error(transparent)]
    OutOfTime(#[from] OutOfTime),
    /// The event was not applied.
    #[error(transparent)]
    NotApplied(#[from] ApplyEventError),
}

/// A message, and the event in it.
struct ReceivedEvent {
    message_id: String,
    event: Result<PresenceEvent, UnreadableEvent>,
}

/// Why a body is not an event, and whom it is about as far as it says.
struct UnreadableEvent {
    subject: Subject,
    error: MessageError,
}

/// What the function keeps between invocations.
pub struct PresenceFunction {
    /// DynamoDB.
    pub store: Store,
    /// The present time.
    pub clock: Clock,
    /// Sign-ins whose address is not known.
    pub unknown_addresses: UnknownAddresses,
}

impl PresenceFunction {
    /// Reads the settings of a deployment.
    ///
    /// # Errors
    /// A variable is missing or invalid.
    pub fn from_environment(environment: &Environment) -> Result<Self, SettingsError> {
        Ok(Self {
            store: environment.store(RetryLimit::UntilDeadline)?,
            clock: Clock::system(),
            unknown_addresses: UnknownAddresses::default(),
        })
    }

    /// Applies a batch of events until `deadline`, and reports those that failed.
    pub async fn handle(&self, event: SqsEvent, deadline: Timestamp) -> SqsBatchResponse {
        let now = self.clock.now();
        let received = event.records.into_iter().map(|message| ReceivedEvent {
            message_id: message_id(&message),
            event: self.read(message.body.as_deref().unwrap_or_default(), now),
        });
        let work = |received| self.process_message(received, deadline);
        let answer = process_messages(MAX_PARALLEL_AGENTS, by_agent(received), work).await;
        self.unknown_addresses.report();
        answer
    }

    fn read(&self, body: &str, now: Timestamp) -> Result<PresenceEvent, UnreadableEvent> {
        let parsed = presence_message::parse(body, self.store.statuses(), now);
        parsed.map_err(|error| UnreadableEvent {
            subject: Subject::of(body),
            error,
        })
    }

    async fn process_message(
        &self,
        received: ReceivedEvent,
        deadline: Timestamp,
    ) -> Result<(), Failed> {
        let result = match &received.event {
            Ok(event) => self.apply(event, deadline).await,
            Err(unreadable) => Err(unreadable.error.clone().into()),
        };
        let Err(error) = result else {
            return Ok(());
        };
        let (tenant, agent_id) = match &received.event {
            Ok(event) => (Some(&event.tenant), Some(event.agent_id)),
            Err(UnreadableEvent { subject, .. }) => (subject.tenant.as_ref(), subject.agent_id),
        };
        warn!(
            message_id = received.message_id,
            tenant = tenant.map(Tenant::as_str),
            agent_id = agent_id.map(Id::get),
            error = error_chain(&error),
            "a presence event failed"
        );
        Err(Failed)
    }

    async fn apply(&self, event: &PresenceEvent, deadline: Timestamp) -> Result<(), PresenceError> {
        let work = Box::pin(apply_event(&self.store, &self.clock, event));
        until_deadline(&self.clock, deadline, work).await??;
        self.unknown_addresses.count(event);
        Ok(())
    }
}

/// Groups the events by agent, each group in the order in which they happened. Any other order would give the same result with
/// more writes.
fn by_agent(
    events: impl Iterator<Item = ReceivedEvent>,
) -> impl Iterator<Item = Vec<(String, ReceivedEvent)>> {
    let mut groups: BTreeMap<_, Vec<(String, ReceivedEvent)>> = BTreeMap::new();
    for received in events {
        let event = received.event.as_ref().ok();
        let agent = event.map(|event| (event.tenant.clone(), event.agent_id));
        groups
            .entry(agent)
            .or_default()
            .push((received.message_id.clone(), received));
    }
    groups.into_values().map(|mut group| {
        group.sort_by_key(|(_, received)| received.event.as_ref().ok().map(|event| event.at));
        group
    })
}
