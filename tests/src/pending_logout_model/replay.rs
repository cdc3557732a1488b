//! The same steps by the real functions, compared with the model after each.

use std::cell::RefCell;
use std::collections::HashMap;

use aws_lambda_events::dynamodb::EventRecord;
use aws_sdk_dynamodb::types::AttributeValue;
use domain::agents::{AgentStatus, RequestId};
use domain::ids::AgentId;
use domain::presence::PresenceEvent;
use domain::timestamp::Timestamp;
use futures::stream::{self, StreamExt};
use local::event_sources::stream_reader::StreamReader;
use serde_json::{Value, json};
use wire::messages::presence_message;

use super::world::{Step, World};
use super::{Start, StatusWriter};
use crate::test_queue::message;
use crate::{TestStack, agent};

/// The length of a random sequence of steps.
const RANDOM_DEPTH: usize = 14;
/// How many sequences are replayed at once, each with an agent of its own.
const PARALLEL_SEQUENCES: usize = 16;
/// If set, the random sequences of a failure, which prints its seed, are drawn again.
const SEED: Option<u64> = None;

/// Replays every sequence of `depth` steps from each start, and `random_sequences` longer ones.
pub async fn replay(writer: StatusWriter, depth: usize, random_sequences: usize) {
    let seed = SEED.unwrap_or_else(|| fastrand::u64(..));
    println!("seed {seed}");
    let mut random = fastrand::Rng::with_seed(seed);
    let mut sequences = Vec::new();
    for start in [Start::Idle, Start::PendingLogout] {
        let mut path = start.steps(writer);
        collect(&start.world(writer), depth, &mut path, &mut sequences);
    }
    sequences.extend((0..random_sequences).map(|_| random_sequence(writer, &mut random)));
    println!("{} sequences", sequences.len());

    let stack = TestStack::start().await;
    let agents = (1..=sequences.len() as u64).map(|id| agent(id, "Available", &[]));
    stack.bulk_insert("acme", agents);
    let records = Records {
        stream: RefCell::new(stream_from_now(&stack)),
        by_agent: RefCell::default(),
    };
    let numbered = (1..).zip(sequences);
    let replays = numbered.map(|(agent_id, sequence)| {
        let replay = Replay {
            stack: &stack,
            records: &records,
            agent_id,
        };
        async move { replay.run(writer, &sequence).await }
    });
    let replays = stream::iter(replays).buffer_unordered(PARALLEL_SEQUENCES);
    replays.collect::<()>().await;
}

fn collect(world: &World, depth: usize, path: &mut Vec<Step>, sequences: &mut Vec<Vec<Step>>) {
    if depth == 0 {
        sequences.push(path.clone());
        return;
    }
    for step in world.possible_steps() {
        path.push(step);
        collect(&world.after(step), depth - 1, path, sequences);
        path.pop();
    }
}

fn random_sequence(writer: StatusWriter, random: &mut fastrand::Rng) -> Vec<Step> {
    let mut world = World::new(writer);
    let mut sequence = Vec::new();
    for _ in 0..RANDOM_DEPTH {
        let steps = world.possible_steps();
        let step = steps[random.usize(..steps.len())];
        world = world.after(step);
        sequence.push(step);
    }
    sequence
}

/// The stream, without the records of the agents' insertion.
fn stream_from_now(stack: &TestStack) -> StreamReader {
    let mut stream = stack.stream();
    while stream.read().unwrap().is_some() {}
    stream
}

/// The records that the filter lets through, by agent.
struct Records {
    stream: RefCell<StreamReader>,
    by_agent: RefCell<HashMap<u64, Vec<EventRecord>>>,
}

impl Records {
    fn get(&self, agent_id: u64, index: usize) -> EventRecord {
        let mut by_agent = self.by_agent.borrow_mut();
        while let Some(records) = self.stream.borrow_mut().read().unwrap() {
            for record in records {
                let image: Item = record.change.new_image.clone().into();
                let id = image["agent_id"].as_n().unwrap().parse().unwrap();
                by_agent.entry(id).or_default().push(record);
            }
        }
        by_agent[&agent_id][index].clone()
    }
}

type Item = HashMap<String, AttributeValue>;

/// One sequence, with an agent of its own.
struct Replay<'a> {
    stack: &'a TestStack,
    records: &'a Records,
    agent_id: u64,
}

impl Replay<'_> {
    async fn run(self, writer: StatusWriter, sequence: &[Step]) {
        let mut world = World::new(writer);
        for (position, step) in sequence.iter().enumerate() {
            let after = world.after(*step);
            self.take(&world, &after, *step).await;
            let item = self.item().await;
            let path = &sequence[..=position];
            let context = format!("agent {} after {path:?}", self.agent_id);
            assert_eq!(Self::state(&item), state_of(&after), "{context}");
            world = after;
        }
    }

    async fn take(&self, before: &World, after: &World, step: Step) {
        let invoke = &self.stack.invoke;
        match step {
            Step::RequestLogout => {
                let (request, accepted_at) = (after.request(), after.now());
                let request = request.as_str();
                let log_out =
                    self.stack
                        .log_out_as_accepted(request, "acme", self.agent_id, accepted_at);
                log_out.await;
            }
            Step::DeliverEvent(index) => {
                let event = PresenceEvent {
                    agent_id: AgentId::new(self.agent_id).unwrap(),
                    ..before.events[index].0.clone()
                };
                let body = presence_message::to_body(&event).unwrap();
                let failed = invoke.presence(vec![message("event", &body)]).await;
                assert!(failed.is_empty());
            }
            Step::DeliverRecord(index) => {
                let record = self.records.get(self.agent_id, index);
                assert_eq!(invoke.pending_logouts(vec![record]).await, None);
            }
            _ if before.writer == StatusWriter::PlainWrites => self.write(after).await,
            _ => {}
        }
    }

    /// Writes the agent's status and session as another writer than the service.
    async fn write(&self, after: &World) {
        let status = AttributeValue::S(after.status.as_str().to_owned());
        let session = AttributeValue::N(after.session.epoch_ms().to_string());
        let update = self.stack.dynamodb.update_item().table_name("agents");
        let update = update
            .key("agent_key", self.key())
            .update_expression("SET agent_status = :status, online_since = :session")
            .expression_attribute_values(":status", status)
            .expression_attribute_values(":session", session);
        update.send().await.unwrap();
    }

    async fn item(&self) -> Item {
        let get = self.stack.dynamodb.get_item().table_name("agents");
        let get = get.key("agent_key", self.key()).consistent_read(true);
        get.send().await.unwrap().item.unwrap()
    }

    fn key(&self) -> AttributeValue {
        AttributeValue::S(format!("acme#{}", self.agent_id))
    }

    /// The state that an item holds.
    fn state(item: &Item) -> Value {
        let number = |value: &AttributeValue| value.as_n().unwrap().parse::<i64>().unwrap();
        let map = |name: &str| item.get(name).map(|value| value.as_m().unwrap());
        let request = |map: &Item| map["request"].as_s().unwrap().clone();
        json!({
            "status": item["agent_status"].as_s().unwrap(),
            "reported_status": item.get("reported_status").map(|text| text.as_s().unwrap()),
            "status_at": item.get("status_at").map(number),
            "session": item.get("online_since").map(number),
            "signed_in_at": item.get("signed_in_at").map(number),
            "buffered_status": map("buffered_status")
                .map(|status| (status["agent_status"].as_s().unwrap(), number(&status["at"]))),
            "pending_logout": map("pending_logout").map(|pending| {
                let carried_since = pending.get("carried_since").map(number);
                (request(pending), number(&pending["online_since"]), carried_since)
            }),
            "last_request": map("last_request").map(request),
            "covered_session": item.get("covered_session").map(number),
            "last_logout": map("last_logout").map(request),
        })
    }
}

/// The state that the model expects.
fn state_of(world: &World) -> Value {
    let table = &world.table;
    let buffered = table.buffered_status.as_ref();
    let pending = table.pending_logout.as_ref();
    let ms = Timestamp::epoch_ms;
    json!({
        "status": table.status.as_str(),
        "reported_status": table.reported_status.as_ref().map(AgentStatus::as_str),
        "status_at": table.status_at.map(ms),
        "session": table.session.map(ms),
        "signed_in_at": table.signed_in_at.map(ms),
        "buffered_status": buffered.map(|buffered| (buffered.status.as_str(), ms(buffered.at))),
        "pending_logout": pending.map(|pending| {
            let carried_since = pending.carried_since.map(ms);
            (pending.request.as_str(), ms(pending.session), carried_since)
        }),
        "last_request": table.last_request.as_ref().map(|last| last.request.as_str()),
        "covered_session": table.covered_session.map(ms),
        "last_logout": world.last_logout.as_ref().map(RequestId::as_str),
    })
}
