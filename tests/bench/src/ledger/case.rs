//! The cases of the ledger: who asks for whom.

use std::fmt;

use anyhow::{Result, ensure};
use logout::agent::RosterAgent;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tests::deliver::{to_deferred_logout, to_presence};
use tests::{TestStack, agent_at};

use super::{Cost, Entry};

/// What a caller does, or an agent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Case {
    /// Logs out so many agents.
    LogOut {
        /// How they are named.
        by: Selector,
        /// How many there are.
        agents: u32,
        /// So many of them are on a call.
        busy: u32,
    },
    /// Logs one agent out, with a token that is not remembered.
    FirstLogOut,
    /// Looks up a job of so many agents that is done.
    LookUpJob {
        /// How many agents it had.
        agents: u32,
    },
    /// So many calls end while a logout is pending, told by presence events.
    CallsEndByEvent(u32),
    /// So many calls end while a logout is pending, by plain writes of somebody else.
    CallsEndByWrite(u32),
}

/// How agents are named.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Selector {
    /// Each by id.
    Id,
    /// All by one team.
    Team,
    /// All by one range of addresses.
    Address,
}

/// A request holds at most that many ids (the HTTP contract).
const MAX_IDS: u32 = 10_000;
/// The team that everybody is in.
const TEAM: u64 = 7;

impl fmt::Display for Selector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Id => "id",
            Self::Team => "team",
            Self::Address => "address",
        })
    }
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::LogOut { by, agents, busy } => {
                write!(f, "log out {agents} by {by}")?;
                if *busy > 0 {
                    write!(f, ", {busy} on a call")?;
                }
                Ok(())
            }
            Self::FirstLogOut => f.write_str("log out 1 by id, token not remembered"),
            Self::LookUpJob { agents } => write!(f, "look up a job of {agents}"),
            Self::CallsEndByEvent(calls) => write!(f, "{calls} calls end, told by events"),
            Self::CallsEndByWrite(calls) => write!(f, "{calls} calls end, by plain writes"),
        }
    }
}

impl Case {
    /// Every case.
    #[must_use]
    pub fn all() -> Vec<Self> {
        let mut all = vec![Self::FirstLogOut];
        for agents in [1_u32, 25, 100, 1_000, 10_000, 100_000] {
            for by in [Selector::Id, Selector::Team, Selector::Address] {
                for busy in [0, agents.div_ceil(10)] {
                    if by != Selector::Id || agents <= MAX_IDS {
                        all.push(Self::LogOut { by, agents, busy });
                    }
                }
            }
        }
        all.extend([1_000, 10_000].map(|agents| Self::LookUpJob { agents }));
        all.extend([Self::CallsEndByEvent(10), Self::CallsEndByWrite(10)]);
        all
    }

    /// So many agents are made for it.
    #[must_use]
    pub fn agents(self) -> u32 {
        match self {
            Self::LogOut { agents, .. } | Self::LookUpJob { agents } => agents,
            Self::FirstLogOut => 1,
            Self::CallsEndByEvent(calls) | Self::CallsEndByWrite(calls) => calls,
        }
    }

    /// Counts what it costs.
    ///
    /// # Errors
    /// It did not come out as it should.
    pub async fn count(self) -> Result<Entry> {
        let (answer, work) = match self {
            Self::LogOut { by, agents, busy } => log_out(by, agents, busy).await?,
            Self::FirstLogOut => {
                let stack = with_agents(1, 0).await;
                (post(&stack, &json!({ "agent_ids": [1] })).await.1, None)
            }
            Self::LookUpJob { agents } => (look_up_job(agents).await?, None),
            Self::CallsEndByEvent(calls) => (calls_end_by_event(calls).await?, None),
            Self::CallsEndByWrite(calls) => (calls_end_by_write(calls).await?, None),
        };
        Ok(Entry {
            case: self,
            answer,
            work,
        })
    }
}

/// A service with so many agents, the first of whom are on a call.
async fn with_agents(agents: u32, busy: u32) -> TestStack {
    let stack = TestStack::start().await;
    stack.add_crowd("acme", (1..=agents).map(|number| agent(number, busy)));
    stack
}

fn agent(number: u32, busy: u32) -> RosterAgent {
    let status = if number <= busy {
        "In-call"
    } else {
        "Available"
    };
    let [_, high, middle, low] = number.to_be_bytes();
    let address = format!("10.{high}.{middle}.{low}");
    agent_at(number.into(), status, &[TEAM], &address)
}

async fn log_out(by: Selector, agents: u32, busy: u32) -> Result<(Cost, Option<Cost>)> {
    let stack = with_agents(agents, busy).await;
    remember_token(&stack).await;
    let body = match by {
        Selector::Id => json!({ "agent_ids": (1..=agents).collect::<Vec<_>>() }),
        Selector::Team => json!({ "team_ids": [TEAM] }),
        Selector::Address => json!({ "ip_addrs": ["10.0.0.0/8"] }),
    };
    let (answered, cost) = post(&stack, &body).await;
    let counts = |out: u32, deferred: u32| (Some(u64::from(out)), Some(u64::from(deferred)));
    if let Some(rows) = answered.as_array() {
        let waiting = rows.iter().filter(|row| row["message"].is_string()).count();
        let out = (rows.len() - waiting) as u64;
        ensure!((Some(out), Some(waiting as u64)) == counts(agents - busy, busy));
        return Ok((cost, None));
    }
    stack.drain_jobs().await;
    let work = Cost::of(&stack.tap.take_meter());
    let job = stack.get_job("acme", 1).await.json();
    ensure!(job["status"] == "completed", "{job}");
    let found = (job["logged_out"].as_u64(), job["deferred"].as_u64());
    ensure!(found == counts(agents - busy, busy), "{job}");
    Ok((cost, Some(work)))
}

async fn look_up_job(agents: u32) -> Result<Cost> {
    let stack = with_agents(agents, 0).await;
    post(&stack, &json!({ "team_ids": [TEAM] })).await;
    stack.drain_jobs().await;
    let _ = stack.tap.take_meter();
    let job = stack.get_job("acme", 1).await.json();
    ensure!(job["status"] == "completed", "{job}");
    Ok(answer_cost(&stack))
}

/// A service with so many agents on calls, whose logouts are pending.
async fn with_pending_logouts(calls: u32) -> TestStack {
    let stack = with_agents(calls, calls).await;
    post(&stack, &json!({ "team_ids": [TEAM] })).await;
    stack
}

async fn calls_end_by_event(calls: u32) -> Result<Cost> {
    let stack = with_pending_logouts(calls).await;
    for agent_id in 1..=calls {
        let event = json!({
            "v": 1, "tenant": "acme", "agent_id": agent_id, "at": "2026-11-22T08:00:00Z",
            "event": "status_changed", "status": "Available",
        });
        stack.presence.send(&event.to_string()).await;
    }
    let events = stack.presence.receive_all().await;
    let failed = to_presence(&stack.app, &stack.tap, events).await;
    ensure!(failed.is_empty());
    assert_offline(&stack, calls).await
}

async fn calls_end_by_write(calls: u32) -> Result<Cost> {
    let stack = with_pending_logouts(calls).await;
    for agent_id in 1..=calls {
        stack.set_status("acme", agent_id.into(), "Available").await;
    }
    let records = stack.stream().read()?.unwrap_or_default();
    let failed = to_deferred_logout(&stack.app, &stack.tap, records).await;
    ensure!(failed.is_none());
    assert_offline(&stack, calls).await
}

async fn assert_offline(stack: &TestStack, agents: u32) -> Result<Cost> {
    let cost = Cost::of(&stack.tap.take_meter());
    for agent_id in 1..=agents {
        ensure!(stack.status("acme", agent_id.into()).await == "Offline");
    }
    Ok(cost)
}

async fn remember_token(stack: &TestStack) {
    post(stack, &json!({ "agent_ids": [u32::MAX] })).await;
}

/// What was answered, and what that cost.
async fn post(stack: &TestStack, body: &Value) -> (Value, Cost) {
    let _ = stack.tap.take_meter();
    let answer = stack.post_force_logout("acme", body).await;
    (answer.json(), answer_cost(stack))
}

fn answer_cost(stack: &TestStack) -> Cost {
    let meter = stack.tap.take_meter();
    Cost {
        round_trips: Some(meter.sequential_round_trips()),
        ..Cost::of(&meter)
    }
}
