//! Logging out a set of agents: read, decide, write on condition, and again for those who changed in between.

use crate::agent::{Agent, AgentStatus, Profile, RequestId};
use crate::decision::{Decision, Outcome, SessionPin, decide};
use crate::ids::AgentId;
use crate::store::{Freshness, Step, StepResult, Store, StoreError};
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

/// Logs out each of up to 100 distinct agents, or defers or skips them, and says which. Safe to repeat with the same
/// request: who was settled stays so and is reported again.
///
/// # Errors
/// DynamoDB refused, or some agents kept changing. Any number of the agents may be settled then.
pub async fn log_out_agents(
    store: &Store,
    request: &LogoutRequest,
    agent_ids: &[AgentId],
) -> Result<Vec<Settled>, StoreError> {
    let mut settled = Vec::with_capacity(agent_ids.len());
    let mut open: Vec<Open> = agent_ids
        .iter()
        .map(|&agent_id| Open {
            agent_id,
            pin: request.pin,
            attempted: None,
        })
        .collect();
    for round in 0..MAX_ROUNDS {
        // The first read is the cheap one: a condition on every write guards what it decides. Whoever fails theirs
        // was seen too late, and is read with all writes included.
        let freshness = if round == 0 {
            Freshness::Eventual
        } else {
            Freshness::Latest
        };
        let ids: Vec<AgentId> = open.iter().map(|open| open.agent_id).collect();
        let mut agents = store.read_agents(&request.tenant, &ids, freshness).await?;

        let mut attempts = Vec::new();
        for candidate in open.drain(..) {
            let agent = agents.remove(&candidate.agent_id);
            match decide(agent.as_ref(), &request.id, candidate.pin) {
                Decision::Settled(outcome) => settled.push(settle(candidate, outcome, agent)),
                Decision::LogOut(seen) => {
                    attempts.push((Step::LogOut(candidate.agent_id, seen), agent));
                }
                Decision::Defer(seen) => {
                    attempts.push((Step::Defer(candidate.agent_id, seen), agent));
                }
            }
        }
        if attempts.is_empty() {
            return Ok(settled);
        }

        let (steps, agents): (Vec<Step>, Vec<_>) = attempts.into_iter().unzip();
        let results = store
            .apply(&request.tenant, &request.id, request.at, &steps)
            .await?;
        let throttled = results.contains(&StepResult::Throttled);
        for ((step, agent), result) in steps.into_iter().zip(agents).zip(results) {
            let (agent_id, outcome, seen) = match step {
                Step::LogOut(agent_id, seen) => (agent_id, Outcome::LoggedOut, seen),
                Step::Defer(agent_id, seen) => (agent_id, Outcome::Deferred, seen),
            };
            let attempted = (outcome == Outcome::LoggedOut).then_some(seen.status);
            let candidate = Open {
                agent_id,
                pin: SessionPin::Only(seen.session),
                attempted,
            };
            match result {
                StepResult::Done => settled.push(settle(candidate, outcome, agent)),
                StepResult::Changed | StepResult::Throttled => open.push(candidate),
            }
        }
        if open.is_empty() {
            return Ok(settled);
        }
        if throttled {
            store.backoff().pause(round).await;
        }
    }
    Err(StoreError::Unsettled {
        agents: open.len(),
        rounds: MAX_ROUNDS,
    })
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
