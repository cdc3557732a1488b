//! One job, step by step: planned, handed out, worked on, throttled and tried again, out of time and delivered again.
//!
//! Chunks are counted in fractions: what happens to many alike is what happens on average.

use std::collections::{BTreeMap, VecDeque};

use logout::event_sources::JOBS;

use super::costs::AGENTS_PER_CHUNK;
use super::deployment::{Deployment, Limit};
use super::limits::MESSAGES_PER_BATCH;
use super::planning::{self, PlanStep};

/// Time goes in steps of that length.
const STEP_S: f64 = 0.05;
/// A point of the curve is kept that often.
const POINT_S: f64 = 1.0;

/// How a job went.
#[derive(Clone, Debug)]
pub struct Run {
    /// From the request to the last agent, or to the last message that was given up.
    pub seconds: f64,
    /// How long the invocation that plans takes.
    pub planning_s: f64,
    /// For how long each limit was what kept the job from being faster.
    pub bound_s: BTreeMap<Limit, f64>,
    /// Agents logged out by then: seconds, agents.
    pub curve: Vec<(f64, f64)>,
    /// Agents whose message is in the dead-letter queue.
    pub dead_agents: f64,
    /// Chunks whose invocation ended while they waited: their messages come again, or rest in the dead-letter queue.
    pub given_up: f64,
    /// Deliveries of chunk messages.
    pub deliveries: f64,
    /// Chunks in flight at once, at most.
    pub peak_chunks: f64,
    /// Time of all invocations together.
    pub invocation_s: f64,
}

/// Chunks that are alike: received together, and as far.
struct Chunks {
    count: f64,
    /// Agents of each that are not logged out.
    open_agents: f64,
    tries: u32,
    delivery: u32,
    received_at_s: f64,
    /// When they write next, or may be received again.
    due_at_s: f64,
}

struct Simulation<'a> {
    deployment: &'a Deployment,
    agents: f64,
    now_s: f64,
    plan: VecDeque<PlanStep>,
    /// Chunks that were sent and never received.
    fresh: f64,
    returned: VecDeque<Chunks>,
    in_flight: Vec<Chunks>,
    /// When the event source began to grow.
    busy_since_s: f64,
    /// Units that may be written now: a second's worth at most.
    table_units: f64,
    partition_units: f64,
    logged_out: f64,
    run: Run,
}

/// Works off a job of so many idle agents.
#[must_use]
pub fn simulate(agents: u32, deployment: &Deployment) -> Run {
    let mut simulation = Simulation::begin(f64::from(agents), deployment);
    while !simulation.is_over() {
        simulation.step();
    }
    simulation.end()
}

impl<'a> Simulation<'a> {
    fn begin(agents: f64, deployment: &'a Deployment) -> Self {
        let start_s = deployment.assumptions.start_s;
        let plan = planning::steps(agents, deployment);
        let planning_s = plan.iter().map(|step| step.agents / step.agents_per_s);
        let planning_s = planning_s.sum();
        Self {
            deployment,
            agents,
            now_s: start_s,
            plan: plan.into(),
            fresh: 0.0,
            returned: VecDeque::new(),
            in_flight: Vec::new(),
            busy_since_s: f64::INFINITY,
            table_units: 0.0,
            partition_units: 0.0,
            logged_out: 0.0,
            run: Run {
                seconds: 0.0,
                planning_s,
                bound_s: BTreeMap::from([(Limit::Start, start_s)]),
                curve: vec![(0.0, 0.0)],
                dead_agents: 0.0,
                given_up: 0.0,
                deliveries: 0.0,
                peak_chunks: 0.0,
                invocation_s: planning_s,
            },
        }
    }

    /// True when less than one agent is left, on average.
    fn is_over(&self) -> bool {
        self.agents - self.logged_out - self.run.dead_agents < 1.0
    }

    fn step(&mut self) {
        self.wait_for_redelivery();
        let planning = self.go_on_planning();
        let receiving = self.receive();
        let throttled = self.write();
        let waiting = if self.returned.is_empty() {
            Limit::RoundTrips
        } else {
            Limit::Redelivery
        };
        let bound = throttled.or(receiving).or(planning).unwrap_or(waiting);
        *self.run.bound_s.entry(bound).or_default() += STEP_S;
        self.run.invocation_s += self.chunks_in_flight() / MESSAGES_PER_BATCH * STEP_S;
        self.now_s += STEP_S;
        self.keep_point();
    }

    /// Nothing is sent or in flight: goes to the moment when the first message comes again.
    fn wait_for_redelivery(&mut self) {
        let idle = self.plan.is_empty() && self.in_flight.is_empty() && self.fresh <= 0.0;
        if let (true, Some(next)) = (idle, self.returned.front())
            && next.due_at_s > self.now_s
        {
            *self.run.bound_s.entry(Limit::Redelivery).or_default() += next.due_at_s - self.now_s;
            self.now_s = next.due_at_s;
            self.busy_since_s = self.now_s;
        }
    }

    fn go_on_planning(&mut self) -> Option<Limit> {
        let step = self.plan.front_mut()?;
        let done = step.agents.min(step.agents_per_s * STEP_S);
        step.agents -= done;
        let PlanStep { limit, sends, .. } = *step;
        if sends {
            self.fresh += done / AGENTS_PER_CHUNK;
            self.busy_since_s = self.busy_since_s.min(self.now_s);
        }
        if step.agents <= 0.0 {
            self.plan.pop_front();
        }
        Some(limit)
    }

    /// Hands messages to free invocations; tells what keeps more of them from being handed out, if there are more.
    fn receive(&mut self) -> Option<Limit> {
        let deployment = self.deployment;
        let busy_s = (self.now_s - self.busy_since_s).max(0.0);
        let (environments, limit) = deployment.environments(busy_s);
        let free = environments * MESSAGES_PER_BATCH - self.chunks_in_flight();

        let partition_units_per_s = deployment.partition_write_units_per_s;
        self.partition_units =
            (self.partition_units + partition_units_per_s * STEP_S).min(partition_units_per_s);
        let count_units = deployment.costs.count_write_units_per_chunk;
        let countable = self.partition_units / count_units;

        let mut room = free.min(countable).max(0.0);
        let before = room;
        while room > 0.0
            && let Some(chunks) = self.next_message(room)
        {
            room -= chunks.count;
            self.run.deliveries += chunks.count;
            self.in_flight.push(chunks);
        }
        self.partition_units -= (before - room) * count_units;
        self.run.peak_chunks = self.run.peak_chunks.max(self.chunks_in_flight());
        let all_handed_out = room > 0.0;
        match (all_handed_out, free < countable) {
            (true, _) => None,
            (false, true) => Some(limit),
            (false, false) => Some(Limit::JobPartition),
        }
    }

    /// Up to `room` chunks that are alike and can be received.
    fn next_message(&mut self, room: f64) -> Option<Chunks> {
        let due_at_s = self.now_s + self.deployment.chunk_s();
        let (count, open_agents, delivery) = match self.returned.front_mut() {
            Some(returned) if returned.due_at_s <= self.now_s => {
                let count = returned.count.min(room);
                returned.count -= count;
                let received = (count, returned.open_agents, returned.delivery + 1);
                if returned.count <= 0.0 {
                    self.returned.pop_front();
                }
                received
            }
            _ if self.fresh > 0.0 => {
                let count = self.fresh.min(room);
                self.fresh -= count;
                (count, AGENTS_PER_CHUNK, 1)
            }
            _ => return None,
        };
        Some(Chunks {
            count,
            open_agents,
            tries: 0,
            delivery,
            received_at_s: self.now_s,
            due_at_s,
        })
    }

    /// Writes as many agents as the table takes, everybody with the same chance; tells if some are throttled.
    fn write(&mut self) -> Option<Limit> {
        let busy_s = (self.now_s - self.busy_since_s).max(0.0);
        let units_per_s = self.deployment.agents_table_write_units_per_s(busy_s);
        self.table_units = (self.table_units + units_per_s * STEP_S).min(units_per_s);

        let units = self.deployment.costs.write_units_per_agent;
        let now_s = self.now_s;
        let (due, later): (Vec<_>, Vec<_>) = std::mem::take(&mut self.in_flight)
            .into_iter()
            .partition(|chunks| chunks.due_at_s <= now_s);
        self.in_flight = later;
        let asked = due.iter().map(|chunks| chunks.count * chunks.open_agents);
        let asked: f64 = asked.sum::<f64>() * units;
        if asked > 0.0 {
            let share = (self.table_units / asked).min(1.0);
            self.table_units -= asked * share;
            self.logged_out += asked / units * share;
            if share < 1.0 {
                for chunks in due {
                    self.try_again(chunks, share);
                }
            }
        }
        let throttled = self.in_flight.iter().filter(|chunks| chunks.tries > 0);
        let throttled = throttled.map(|chunks| chunks.count * chunks.open_agents);
        (throttled.sum::<f64>() >= 1.0).then_some(Limit::AgentsTable)
    }

    /// Of chunks of whose agents a `share` was written, some have none left; the others try again for as long as their
    /// invocation lasts, and then come again.
    fn try_again(&mut self, mut chunks: Chunks, share: f64) {
        let Deployment {
            costs,
            assumptions,
            invocation_s,
            ..
        } = self.deployment;
        let open = chunks.count * chunks.open_agents * (1.0 - share);
        chunks.count *= 1.0 - share.powf(chunks.open_agents);
        chunks.open_agents = open / chunks.count;
        chunks.due_at_s = self.now_s + costs.mean_retry_s(chunks.tries, assumptions.call_s);
        chunks.tries += 1;
        if chunks.due_at_s < chunks.received_at_s + invocation_s {
            self.in_flight.push(chunks);
            return;
        }
        self.run.given_up += chunks.count;
        if chunks.delivery < JOBS.max_receive_count {
            chunks.due_at_s = chunks.received_at_s + f64::from(JOBS.visibility_timeout_seconds());
            self.returned.push_back(chunks);
        } else {
            self.run.dead_agents += open;
        }
    }

    fn chunks_in_flight(&self) -> f64 {
        self.in_flight.iter().map(|chunks| chunks.count).sum()
    }

    fn keep_point(&mut self) {
        let last_s = self.run.curve.last().map_or(0.0, |point| point.0);
        if self.now_s >= last_s + POINT_S || self.is_over() {
            self.run.curve.push((self.now_s, self.logged_out));
        }
    }

    fn end(mut self) -> Run {
        self.run.seconds = self.now_s;
        self.run
    }
}

#[cfg(test)]
mod tests;
