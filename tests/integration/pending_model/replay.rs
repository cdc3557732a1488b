//! The same steps by the real functions, compared with the model after each.

use std::cell::RefCell;
use std::collections::HashMap;

use aws_lambda_events::dynamodb::EventRecord;
use aws_lambda_events::sqs::SqsMessage;
use aws_sdk_dynamodb::types::AttributeValue;
use domain::presence::{EventKind, PresenceEvent};
use futures::stream::{self, StreamExt};
use local::event_sources::stream_reader::StreamReader;
use serde_json::{Value, json};
use tests::{TestStack, agent};

use super::{Op, Told, World, pending};

/// Every sequence of so many steps, from an idle agent and from one with a pending logout on, and random ones that are longer.
const DEPTH: usize = 4;
const RANDOM_DEPTH: usize = 14;
const RANDOM_SEQUENCES: usize = 150;
/// So many sequences are replayed at once, each with an agent of its own.
const AT_ONCE: usize = 16;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_functions_do_as_the_model_told_by_events() {
    replay_all(Told::ByEvents).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_functions_do_as_the_model_told_directly() {
    replay_all(Told::Directly).await;
}

async fn replay_all(told: Told) {
    const SEED: Option<u64> = None;
    let seed = SEED.unwrap_or_else(|| fastrand::u64(..));
    println!("seed {seed}");
    let mut random = fastrand::Rng::with_seed(seed);
    let mut sequences = Vec::new();
    for begin in [Vec::new(), pending(told)] {
        let world = World::new(told).after_all(&begin);
        collect(&world, DEPTH, &mut begin.clone(), &mut sequences);
    }
    sequences.extend((0..RANDOM_SEQUENCES).map(|_| random_sequence(told, &mut random)));
    println!("{} sequences", sequences.len());

    let stack = TestStack::start().await;
    let agents = (1..=sequences.len() as u64).map(|id| agent(id, "Available", &[]));
    stack.add("acme", &agents.collect::<Vec<_>>()).await;
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
            requests: HashMap::new(),
        };
        async move { replay.run(told, &sequence).await }
    });
    stream::iter(replays)
        .buffer_unordered(AT_ONCE)
        .collect::<()>()
        .await;
}

fn collect(world: &World, depth: usize, path: &mut Vec<Op>, sequences: &mut Vec<Vec<Op>>) {
    if depth == 0 {
        sequences.push(path.clone());
        return;
    }
    for op in world.enabled() {
        path.push(op);
        collect(&world.after(op), depth - 1, path, sequences);
        path.pop();
    }
}

fn random_sequence(told: Told, random: &mut fastrand::Rng) -> Vec<Op> {
    let mut world = World::new(told);
    let mut next = |world: &World| {
        let ops = world.enabled();
        ops[random.usize(..ops.len())]
    };
    let mut sequence = Vec::new();
    for _ in 0..RANDOM_DEPTH {
        let op = next(&world);
        world = world.after(op);
        sequence.push(op);
    }
    sequence
}

/// The stream after the agents were loaded.
fn stream_from_now(stack: &TestStack) -> StreamReader {
    let mut stream = stack.stream();
    while stream.read().unwrap().is_some() {}
    stream
}

/// The records that the filter let pass, by agent.
struct Records {
    stream: RefCell<StreamReader>,
    by_agent: RefCell<HashMap<u64, Vec<EventRecord>>>,
}

impl Records {
    fn get(&self, agent_id: u64, index: usize) -> EventRecord {
        let mut by_agent = self.by_agent.borrow_mut();
        while let Some(records) = self.stream.borrow_mut().read().unwrap() {
            for record in records {
                let image: HashMap<String, AttributeValue> = record.change.new_image.clone().into();
                let id = image["agent_id"].as_n().unwrap().parse().unwrap();
                by_agent.entry(id).or_default().push(record);
            }
        }
        by_agent[&agent_id][index].clone()
    }
}

struct Replay<'a> {
    stack: &'a TestStack,
    records: &'a Records,
    agent_id: u64,
    /// The names that requests have here, and in the model.
    requests: HashMap<String, String>,
}

impl Replay<'_> {
    async fn run(mut self, told: Told, sequence: &[Op]) {
        let mut world = World::new(told);
        for (position, op) in sequence.iter().enumerate() {
            let after = world.after(*op);
            self.do_it(&world, &after, *op).await;
            let item = self.item().await;
            self.learn_request(&item, &after);
            let why = format!("agent {} after {:?}", self.agent_id, &sequence[..=position]);
            assert_eq!(self.shown(&item), expected(&after), "{why}");
            world = after;
        }
    }

    async fn do_it(&self, before: &World, after: &World, op: Op) {
        let invoke = &self.stack.invoke;
        match op {
            Op::ForceLogout => {
                let body = json!({ "agent_ids": [self.agent_id] });
                let answer = self.stack.post_force_logout("acme", &body).await;
                assert!([200, 400].contains(&answer.status), "{answer:?}");
            }
            Op::Event(index) => {
                let mut message = SqsMessage::default();
                message.message_id = Some("event".to_owned());
                message.body = Some(body(self.agent_id, &before.events[index].0));
                assert!(invoke.presence(vec![message]).await.is_empty());
            }
            Op::Record(index) => {
                let record = self.records.get(self.agent_id, index);
                assert_eq!(invoke.pending_logouts(vec![record]).await, None);
            }
            _ if before.told == Told::Directly => self.write_directly(after).await,
            _ => {}
        }
    }

    async fn write_directly(&self, after: &World) {
        let status = AttributeValue::S(after.status.as_str().to_owned());
        let session = AttributeValue::N(after.session.epoch_ms().to_string());
        let key = AttributeValue::S(format!("acme#{}", self.agent_id));
        let update = self.stack.dynamodb.update_item().table_name("agents");
        let update = update
            .key("agent_key", key)
            .update_expression("SET agent_status = :status, online_since = :session")
            .expression_attribute_values(":status", status)
            .expression_attribute_values(":session", session);
        update.send().await.unwrap();
    }

    async fn item(&self) -> HashMap<String, AttributeValue> {
        let key = AttributeValue::S(format!("acme#{}", self.agent_id));
        let get = self.stack.dynamodb.get_item().table_name("agents");
        let get = get.key("agent_key", key).consistent_read(true);
        get.send().await.unwrap().item.unwrap()
    }

    /// A request that is seen for the first time is the one that was just made.
    fn learn_request(&mut self, item: &HashMap<String, AttributeValue>, world: &World) {
        for name in ["pending_logout", "last_logout"] {
            if let Some(AttributeValue::M(map)) = item.get(name) {
                let request = map["request"].as_s().unwrap().clone();
                let made = || world.request().as_str().to_owned();
                self.requests.entry(request).or_insert_with(made);
            }
        }
    }

    fn shown(&self, item: &HashMap<String, AttributeValue>) -> Value {
        let number = |value: &AttributeValue| value.as_n().unwrap().parse::<i64>().unwrap();
        let map = |name: &str| item.get(name).map(|value| value.as_m().unwrap());
        let request = |map: &HashMap<String, AttributeValue>| {
            self.requests[map["request"].as_s().unwrap()].clone()
        };
        json!({
            "status": item["agent_status"].as_s().unwrap(),
            "status_at": item.get("status_at").map(number),
            "session": item.get("online_since").map(number),
            "signed_in_at": item.get("signed_in_at").map(number),
            "early": map("buffered_status")
                .map(|early| (early["agent_status"].as_s().unwrap(), number(&early["at"]))),
            "pending": map("pending_logout")
                .map(|mark| (request(mark), number(&mark["online_since"]))),
            "last": map("last_logout").map(request),
        })
    }
}

fn expected(world: &World) -> Value {
    let table = &world.table;
    json!({
        "status": table.status.as_str(),
        "status_at": table.status_at,
        "session": table.session,
        "signed_in_at": table.signed_in_at,
        "early": table.buffered_status.as_ref().map(|early| (early.status.as_str(), early.at)),
        "pending": table
            .pending_logout
            .as_ref()
            .map(|mark| (mark.request.as_str(), mark.session)),
        "last": world.last_logout.as_ref().map(domain::agents::RequestId::as_str),
    })
}

/// The body of a message that tells of an event.
fn body(agent_id: u64, event: &PresenceEvent) -> String {
    let mut body = json!({
        "v": 1,
        "tenant": event.tenant,
        "agent_id": agent_id,
        "at": event.at.to_rfc3339(),
    });
    match &event.kind {
        EventKind::SignedIn { address, status } => {
            body["event"] = json!("signed_in");
            body["ip"] = json!(address);
            body["status"] = json!(status.as_str());
        }
        EventKind::StatusChanged(status) => {
            body["event"] = json!("status_changed");
            body["status"] = json!(status.as_str());
        }
        EventKind::SignedOut => body["event"] = json!("signed_out"),
    }
    body.to_string()
}
