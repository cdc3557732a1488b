//! Carries cases out on a service of their own, and counts.

use anyhow::{Result, ensure};
use domain::agents::RosterAgent;
use futures::future::join_all;
use serde_json::{Value, json};
use tests::{Act, TestStack, agent_at};

use crate::case::EVENTS;
use crate::{Case, Cost, Entry, Event, Selector};

/// The team that every agent is in.
const TEAM: u64 = 7;

impl Case {
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
            Self::CallsBeginMeanwhile(calls) => (calls_begin_meanwhile(calls).await?, None),
            Self::LookUpJob { agents } => (look_up_job(agents).await?, None),
            Self::CallsEndByEvent(calls) => (calls_end_by_event(calls).await?, None),
            Self::CallsEndByWrite(calls) => (calls_end_by_write(calls).await?, None),
            Self::Events(event) => (events(event).await?, None),
        };
        Ok(Entry {
            case: self,
            answer,
            work,
        })
    }
}

/// The agent of a number, whose address is that number in 10.0.0.0/8.
#[must_use]
pub fn numbered_agent(number: u32, status: &str) -> RosterAgent {
    agent_at(number.into(), status, &[TEAM], &address(10, number))
}

fn address(network: u8, number: u32) -> String {
    let [_, high, middle, low] = number.to_be_bytes();
    format!("{network}.{high}.{middle}.{low}")
}

/// A service with agents, the first `busy` of whom are on a call.
async fn with_agents(agents: u32, busy: u32) -> TestStack {
    let status = |number| {
        if number <= busy {
            "In-call"
        } else {
            "Available"
        }
    };
    let stack = TestStack::start().await;
    let agents = (1..=agents).map(|number| numbered_agent(number, status(number)));
    stack.bulk_insert("acme", agents);
    stack
}

async fn log_out(by: Selector, agents: u32, busy: u32) -> Result<(Cost, Option<Cost>)> {
    let stack = with_agents(agents, busy).await;
    remember_token(&stack).await;
    let body = match by {
        Selector::Id => json!({ "agent_ids": (1..=agents).collect::<Vec<_>>() }),
        Selector::Team => json!({ "team_ids": [TEAM] }),
        Selector::Address => json!({ "ip_addrs": ["10.0.0.0/8"] }),
    };
    let (answer, cost) = post(&stack, &body).await;
    let expected = (u64::from(agents - busy), u64::from(busy));
    if let Some(rows) = answer.as_array() {
        let deferred = rows.iter().filter(|row| row["message"].is_string()).count();
        let counted = ((rows.len() - deferred) as u64, deferred as u64);
        ensure!(counted == expected, "{counted:?}");
        return Ok((cost, None));
    }
    stack.drain_jobs().await;
    let work = Cost::of(&stack.aws_calls.take_meter());
    let job = completed_job(&stack).await?;
    let count = |name: &str| job[name].as_u64().unwrap_or_default();
    let counted = (count("logged_out"), count("deferred"));
    ensure!(counted == expected, "{job}");
    Ok((cost, Some(work)))
}

async fn calls_begin_meanwhile(calls: u32) -> Result<Cost> {
    let stack = with_agents(calls, 0).await;
    remember_token(&stack).await;
    let begin = (1..=calls).map(|agent_id| stack.set_status("acme", agent_id.into(), "In-call"));
    let begin = join_all(begin.collect::<Vec<_>>());
    let meanwhile = Act::After(Box::pin(async move {
        begin.await;
    }));
    stack.aws_calls.once("BatchExecuteStatement", 0, meanwhile);
    let (answer, cost) = post(
        &stack,
        &json!({ "agent_ids": (1..=calls).collect::<Vec<_>>() }),
    )
    .await;
    let rows = answer.as_array().into_iter().flatten();
    let deferred = rows.filter(|row| row["message"].is_string()).count();
    ensure!(deferred == calls as usize, "{answer}");
    Ok(cost)
}

async fn look_up_job(agents: u32) -> Result<Cost> {
    let stack = with_agents(agents, 0).await;
    post(&stack, &json!({ "team_ids": [TEAM] })).await;
    stack.drain_jobs().await;
    let _ = stack.aws_calls.take_meter();
    completed_job(&stack).await?;
    Ok(answer_cost(&stack))
}

async fn completed_job(stack: &TestStack) -> Result<Value> {
    let job = stack.get_job("acme", 1).await.json();
    ensure!(job["status"] == "completed", "{job}");
    Ok(job)
}

/// A service with agents on calls, whose logouts are pending.
async fn with_pending_logouts(calls: u32) -> TestStack {
    let stack = with_agents(calls, calls).await;
    post(&stack, &json!({ "team_ids": [TEAM] })).await;
    stack
}

async fn calls_end_by_event(calls: u32) -> Result<Cost> {
    let stack = with_pending_logouts(calls).await;
    report(&stack, Event::StatusChanged, calls).await?;
    all_offline(&stack, calls).await
}

async fn calls_end_by_write(calls: u32) -> Result<Cost> {
    let stack = with_pending_logouts(calls).await;
    for agent_id in 1..=calls {
        stack.set_status("acme", agent_id.into(), "Available").await;
    }
    let records = stack.stream().read()?.unwrap_or_default();
    let failed = stack.invoke.pending_logouts(records).await;
    ensure!(failed.is_none(), "{failed:?}");
    all_offline(&stack, calls).await
}

/// The costs so far, if every agent is offline now.
async fn all_offline(stack: &TestStack, agents: u32) -> Result<Cost> {
    let cost = Cost::of(&stack.aws_calls.take_meter());
    for agent_id in 1..=agents {
        ensure!(stack.status("acme", agent_id.into()).await == "Offline");
    }
    Ok(cost)
}

async fn events(event: Event) -> Result<Cost> {
    let stack = with_agents(EVENTS, 0).await;
    report(&stack, event, EVENTS).await?;
    Ok(Cost::of(&stack.aws_calls.take_meter()))
}

/// Sends an event of each agent and has `presence` handle them in one batch.
async fn report(stack: &TestStack, event: Event, agents: u32) -> Result<()> {
    let name = match event {
        Event::SignedIn | Event::SignedInElsewhere => "signed_in",
        Event::StatusChanged => "status_changed",
        Event::SignedOut => "signed_out",
    };
    let network = if event == Event::SignedInElsewhere {
        11
    } else {
        10
    };
    for number in 1..=agents {
        // What an event of another kind has no use for is ignored.
        let body = json!({
            "v": 1, "tenant": "acme", "agent_id": number, "at": "2026-11-22T08:00:00Z",
            "event": name, "status": "Available", "ip": address(network, number),
        });
        stack.presence.send(&body.to_string()).await;
    }
    let messages = stack.presence.receive_all().await;
    let failed = stack.invoke.presence(messages).await;
    ensure!(failed.is_empty(), "{failed:?}");
    Ok(())
}

async fn remember_token(stack: &TestStack) {
    post(stack, &json!({ "agent_ids": [u32::MAX] })).await;
}

/// What was answered, and what that cost.
async fn post(stack: &TestStack, body: &Value) -> (Value, Cost) {
    let _ = stack.aws_calls.take_meter();
    let answer = stack.post_force_logout("acme", body).await;
    (answer.json(), answer_cost(stack))
}

fn answer_cost(stack: &TestStack) -> Cost {
    let meter = stack.aws_calls.take_meter();
    Cost {
        round_trips: Some(meter.sequential_round_trips()),
        ..Cost::of(&meter)
    }
}
