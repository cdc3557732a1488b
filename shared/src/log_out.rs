//! Logging out a set of agents: read, decide, write on condition, and again for those who changed in between.

use crate::agent::{Agent, AgentStatus, Profile, RequestId};
use crate::decision::{Attempt, Change, Decision, Outcome, SessionPin, decide};
use crate::ids::AgentId;
use crate::store::{AttemptResult, FoundAgents, Freshness, Patience, Store, StoreError};
use crate::tenant::Tenant;
use crate::timestamp::Timestamp;

/// Agents who change between every read and write are tried that often; each round takes an agent's own action at
/// just the wrong moment.
const MAX_ROUNDS: u32 = 6;

/// What a request asks for, whoever it is applied to.
#[derive(Clone, Debug)]
pub struct LogoutRequest {
    /// Whose agents.
    pub tenant: Tenant,
    /// The name it leaves on the agents it touches.
    pub id: RequestId,
    /// When it was made.
    pub at: Timestamp,
    /// Which sessions it may end.
    pub pin: SessionPin,
    /// How long it may take.
    pub patience: Patience,
}

/// How the request left one agent.
#[derive(Clone, Debug)]
pub struct Settled {
    /// The agent.
    pub agent_id: AgentId,
    /// What was done.
    pub outcome: Outcome,
    /// The status the request found; for a deferred agent still the current one. Empty only for a missing agent.
    pub found: Option<(AgentStatus, Profile)>,
}

/// An agent who is not settled yet.
struct Open {
    agent_id: AgentId,
    pin: SessionPin,
    /// The status a logout was tried on. If that write's answer got lost, this is the status it replaced.
    attempted: Option<AgentStatus>,
}

/// Logs out each of up to 100 distinct agents, or defers or skips them, and says which. `found` is what a first look at them
/// found. It may be a moment old, for half the price: the condition on a write guards whom it would hit. It may hide
/// somebody who has just signed in, so nobody is passed over by it: those are read afresh, and so is whoever fails a
/// condition. Safe to repeat with the same request: who was settled stays so and is reported again.
///
/// # Errors
/// DynamoDB refused, or some agents kept changing. Any number of the agents may be settled then.
pub async fn log_out_agents(
    store: &Store,
    request: &LogoutRequest,
    agent_ids: &[AgentId],
    mut found: FoundAgents,
) -> Result<Vec<Settled>, StoreError> {
    let mut settled = Vec::with_capacity(agent_ids.len());
    let pin = request.pin;
    let open = |&agent_id| Open {
        agent_id,
        pin,
        attempted: None,
    };
    let mut open: Vec<Open> = agent_ids.iter().map(open).collect();
    let mut rounds = 0;
    loop {
        run_round(store, request, found, &mut open, &mut settled).await?;
        if open.is_empty() {
            return Ok(settled);
        }
        rounds += 1;
        if rounds == MAX_ROUNDS {
            let items = open.len();
            return Err(StoreError::Unsettled { items, rounds });
        }
        let ids: Vec<AgentId> = open.iter().map(|open| open.agent_id).collect();
        found = store
            .read_agents(&request.tenant, &ids, Freshness::Latest)
            .await?;
    }
}

/// Moves whom it can from `open` to `settled`.
async fn run_round(
    store: &Store,
    request: &LogoutRequest,
    mut found: FoundAgents,
    open: &mut Vec<Open>,
    settled: &mut Vec<Settled>,
) -> Result<(), StoreError> {
    let (mut attempts, mut attempted) = (Vec::new(), Vec::new());
    for candidate in std::mem::take(open) {
        let agent = found.agents.remove(&candidate.agent_id);
        match decide(agent.as_ref(), &request.id, candidate.pin) {
            Decision::Settled(Outcome::Skipped(_)) if found.freshness == Freshness::Eventual => {
                open.push(candidate);
            }
            Decision::Settled(outcome) => settled.push(settle(candidate, outcome, agent)),
            Decision::Attempt(attempt) => {
                attempts.push((candidate.agent_id, attempt));
                attempted.push((candidate, agent));
            }
        }
    }

    let LogoutRequest { tenant, id, at, .. } = request;
    let results = store.attempt(tenant, id, *at, &attempts, request.patience);
    let results = results.await?;
    for (((_, attempt), (candidate, agent)), result) in
        attempts.into_iter().zip(attempted).zip(results)
    {
        let outcome = match attempt.change {
            Change::LogOut => Outcome::LoggedOut,
            Change::Defer { .. } => Outcome::Deferred,
        };
        let candidate = candidate.after(attempt, request.at);
        match result {
            AttemptResult::Done => settled.push(settle(candidate, outcome, agent)),
            AttemptResult::Changed => open.push(candidate),
        }
    }
    Ok(())
}

impl Open {
    fn after(self, attempt: Attempt, at: Timestamp) -> Self {
        let pin = self.pin.after_seeing(attempt.session, at);
        let attempted = match attempt.change {
            Change::LogOut => Some(attempt.status),
            Change::Defer { .. } => self.attempted,
        };
        Self {
            pin,
            attempted,
            ..self
        }
    }
}

fn settle(candidate: Open, outcome: Outcome, agent: Option<Agent>) -> Settled {
    let found = agent.map(|agent| match (&outcome, candidate.attempted) {
        (Outcome::LoggedOut, Some(replaced)) => (replaced, agent.profile),
        _ => (agent.status, agent.profile),
    });
    Settled {
        agent_id: candidate.agent_id,
        outcome,
        found,
    }
}
