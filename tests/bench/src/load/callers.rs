//! The callers of one tenant: each asks, waits for the answer and asks again.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::Result;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::task::JoinSet;

use super::service::Service;
use crate::usage::quantile_ms;

/// Of each tenant, more than the load logs out: 1 to `count`, at the addresses of 10.0.0.0/8 and in teams in order.
pub const AGENTS: Agents = Agents {
    count: 60_000,
    busy_one_in: 20,
    team_size: 1_000,
};

pub struct Agents {
    pub count: u32,
    /// One agent in this many is on a call.
    pub busy_one_in: u32,
    pub team_size: u32,
}

/// Who asks, for how long and for what.
#[derive(Clone, Copy, Debug)]
pub struct Callers {
    pub tenant: &'static str,
    /// Each has one request under way at a time.
    pub count: u64,
    pub seconds: u64,
    /// How many requests in a thousand are of which kind.
    pub mix: &'static [(Kind, u32)],
}

/// What is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// To log out this many agents by id, chosen at random.
    Agents(u32),
    /// To log out the agents of a block of this many addresses.
    Addresses(u32),
    /// To log out a team, which is a job.
    Team,
    /// How a job stands.
    LookUp,
    Malformed,
    WrongToken,
}

pub const MIXED: [(Kind, u32); 9] = [
    (Kind::Agents(1), 744),
    (Kind::Agents(20), 50),
    (Kind::Agents(100), 5),
    (Kind::Addresses(1), 100),
    (Kind::Addresses(32), 10),
    (Kind::LookUp, 50),
    (Kind::Malformed, 20),
    (Kind::WrongToken, 20),
    (Kind::Team, 1),
];
pub const FLOOD: [(Kind, u32); 2] = [(Kind::Agents(1), 990), (Kind::WrongToken, 10)];

/// What the callers received.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Received {
    pub seconds: f64,
    /// Answers by status.
    pub statuses: BTreeMap<u16, u64>,
    /// Requests without an answer.
    pub failed: u64,
    /// Rows of agents who were logged out.
    pub logged_out: u64,
    /// Of them, rows of agents whom no request selected, and of agents in another row before.
    pub wrong_rows: u64,
    /// Answers that are jobs, and requests for a team.
    pub jobs: u64,
    pub team_requests: u64,
    pub wrong_tokens: u64,
    /// Agents who were not on a call, and whom a request selected.
    pub selected_idle: u64,
    pub median_ms: f64,
    pub p99_ms: f64,
    pub worst_ms: f64,
}

impl Received {
    /// Answers of a status.
    pub fn of_status(&self, status: u16) -> u64 {
        self.statuses.get(&status).copied().unwrap_or_default()
    }
}

/// What all callers of a tenant know.
struct Shared {
    received: Received,
    times: Vec<Duration>,
    /// By agent.
    selected: Vec<bool>,
    logged_out: Vec<bool>,
}

#[derive(Deserialize)]
struct Row {
    agent_id: usize,
    current_status: String,
}

impl Callers {
    /// Lets them ask until the time is over, and waits for the last answers.
    pub async fn run(self, service: &Service) -> Result<Received> {
        let agents = AGENTS.count as usize + 1;
        let shared = Arc::new(Mutex::new(Shared {
            received: Received::default(),
            times: Vec::new(),
            selected: vec![false; agents],
            logged_out: vec![false; agents],
        }));
        let start = Instant::now();
        let mut callers = JoinSet::new();
        for seed in 0..self.count {
            let (service, shared) = (service.clone(), shared.clone());
            callers.spawn(async move {
                let mut random = fastrand::Rng::with_seed(seed);
                while start.elapsed() < Duration::from_secs(self.seconds) {
                    self.ask(&service, &shared, &mut random).await;
                }
            });
        }
        callers.join_all().await;
        let mut shared = shared.lock().unwrap_or_else(PoisonError::into_inner);
        let quantile = |share| quantile_ms(shared.times.iter().copied(), share);
        let [median_ms, p99_ms, worst_ms] = [0.5, 0.99, 1.0].map(quantile);
        Ok(Received {
            seconds: start.elapsed().as_secs_f64(),
            median_ms,
            p99_ms,
            worst_ms,
            ..std::mem::take(&mut shared.received)
        })
    }

    async fn ask(self, service: &Service, shared: &Mutex<Shared>, random: &mut fastrand::Rng) {
        let kind = self.choose(random);
        let lock = || shared.lock().unwrap_or_else(PoisonError::into_inner);
        let request = if kind == Kind::LookUp {
            let job = random.u64(1..=lock().received.jobs.max(1));
            service.get_job(self.tenant, job)
        } else {
            let (body, selected) = body(kind, random);
            lock().select(kind, &selected);
            let secret = if kind == Kind::WrongToken {
                "wrong"
            } else {
                "local"
            };
            service.post(self.tenant, secret, &body)
        };
        let asked = Instant::now();
        let answer = async {
            let answer = request.send().await?;
            Ok::<_, reqwest::Error>((answer.status().as_u16(), answer.bytes().await?))
        };
        match answer.await {
            Ok((status, body)) => lock().note(kind, status, &body, asked.elapsed()),
            Err(_) => lock().received.failed += 1,
        }
    }

    fn choose(self, random: &mut fastrand::Rng) -> Kind {
        let mut chosen = random.u32(0..1_000);
        for (kind, share) in self.mix {
            if chosen < *share {
                return *kind;
            }
            chosen -= share;
        }
        unreachable!("the shares add up to a thousand")
    }
}

/// A request, and the agents whom it selects.
fn body(kind: Kind, random: &mut fastrand::Rng) -> (Value, Vec<u32>) {
    let mut any_agent = || random.u32(1..=AGENTS.count);
    match kind {
        Kind::Agents(count) => {
            let ids: Vec<u32> = (0..count).map(|_| any_agent()).collect();
            (json!({ "agent_ids": ids }), ids)
        }
        Kind::Addresses(count) => {
            let first = any_agent() / count * count;
            let [_, high, middle, low] = first.to_be_bytes();
            let (address, prefix) = (Ipv4Addr::new(10, high, middle, low), 32 - count.ilog2());
            let block = format!("{address}/{prefix}");
            (
                json!({ "ip_addrs": [block] }),
                (first..first + count).collect(),
            )
        }
        Kind::Team => {
            let (size, team) = (AGENTS.team_size, any_agent().div_ceil(AGENTS.team_size));
            let agents = (team - 1) * size + 1..=team * size;
            (json!({ "team_ids": [team] }), agents.collect())
        }
        Kind::Malformed => (json!({ "agent_ids": "all" }), Vec::new()),
        Kind::WrongToken | Kind::LookUp => (json!({ "agent_ids": [1] }), Vec::new()),
    }
}

impl Shared {
    fn select(&mut self, kind: Kind, agents: &[u32]) {
        self.received.team_requests += u64::from(kind == Kind::Team);
        self.received.wrong_tokens += u64::from(kind == Kind::WrongToken);
        for &agent in agents {
            if (1..=AGENTS.count).contains(&agent) && !self.selected[agent as usize] {
                self.selected[agent as usize] = true;
                self.received.selected_idle += u64::from(agent % AGENTS.busy_one_in != 0);
            }
        }
    }

    fn note(&mut self, kind: Kind, status: u16, body: &[u8], time: Duration) {
        self.times.push(time);
        *self.received.statuses.entry(status).or_default() += 1;
        if status != 200 || kind == Kind::LookUp {
            return;
        }
        let Ok(rows) = serde_json::from_slice::<Vec<Row>>(body) else {
            self.received.jobs += 1;
            return;
        };
        for row in rows.iter().filter(|row| row.current_status == "Offline") {
            let is_wrong = self.logged_out[row.agent_id] || !self.selected[row.agent_id];
            self.received.wrong_rows += u64::from(is_wrong);
            self.received.logged_out += 1;
            self.logged_out[row.agent_id] = true;
        }
    }
}
