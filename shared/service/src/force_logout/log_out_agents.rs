//! Logging out a set of agents: read, decide, write on condition, and again for agents who changed in between.

use domain::agents::{Agent, AgentStatus, Profile, RequestId};
use domain::ids::AgentId;
use domain::logout::{Decision, LogoutChange, LogoutWrite, Outcome, TargetSession, decide};
use domain::tenant::Tenant;
use domain::timestamp::Timestamp;
use store::{Consistency, FoundAgents, LogoutResult, Store, StoreError};

/// A request to log agents out, apart from which agents.
#[derive(Clone, Debug)]
pub struct LogoutRequest {
    /// The tenant.
    pub tenant: Tenant,
    /// The name that the request leaves on the agents it touches.
    pub id: RequestId,
    /// When it was accepted. It covers every session that began no later.
    pub accepted_at: Timestamp,
    /// When its agents are logged out.
    pub at: Timestamp,
    /// Which sessions it may end.
    pub target: TargetSession,
}

/// The outcome of a request for one agent.
#[derive(Clone, Debug)]
pub struct AgentOutcome {
    /// The agent.
    pub agent_id: AgentId,
    /// What was done.
    pub outcome: Outcome,
    /// The status that the request found, which a deferred agent still has, and the profile. `None` only for an unknown agent.
    pub found: Option<(AgentStatus, Profile)>,
}

/// An agent who has no outcome yet.
struct OpenAgent {
    agent_id: AgentId,
    target: TargetSession,
    /// The agent as they are now; `None` if there is no such agent.
    agent: Option<Agent>,
    /// What is known of the agent may be out of date.
    is_stale: bool,
    /// The status that a logout was tried on. If the answer to that write got lost, this is the status that it replaced.
    tried_status: Option<AgentStatus>,
}

/// Logs out, defers or skips each of up to 100 distinct agents, and returns the outcomes. `found` is what the first read
/// found. That read may be eventually consistent, for half the price: the conditions of the writes keep it from hitting the
/// wrong agents. It may miss a sign-in of this moment, so an agent whom it would skip is read again, once. A rejected write
/// brings the agent along, who is decided again from that, until the limit of retries of `store`. Safe to repeat with the same
/// request: an agent with an outcome keeps it.
///
/// # Errors
/// DynamoDB refused, or some agents kept changing. Any of the agents may have their outcome then.
pub async fn log_out_agents(
    store: &Store,
    request: &LogoutRequest,
    agent_ids: &[AgentId],
    mut found: FoundAgents,
) -> Result<Vec<AgentOutcome>, StoreError> {
    let mut outcomes = Vec::with_capacity(agent_ids.len());
    let without_outcome = |agent_id: &AgentId| OpenAgent {
        agent_id: *agent_id,
        target: request.target,
        agent: found.agents.remove(agent_id),
        is_stale: found.consistency == Consistency::Eventual,
        tried_status: None,
    };
    let mut open: Vec<OpenAgent> = agent_ids.iter().map(without_outcome).collect();
    run_round(store, request, &mut open, &mut outcomes).await?;
    read_stale(store, request, &mut open).await?;
    // From here on a round is needed only if agents do something between each read and write.
    let mut tries = store.tries();
    while !open.is_empty() {
        run_round(store, request, &mut open, &mut outcomes).await?;
        if !open.is_empty() && !tries.again("logging out agents", "they changed").await {
            let (items, rounds) = (open.len(), tries.failed());
            return Err(StoreError::Unsettled { items, rounds });
        }
    }
    Ok(outcomes)
}

/// Reads those again whom the first read may have shown out of date.
async fn read_stale(
    store: &Store,
    request: &LogoutRequest,
    open: &mut [OpenAgent],
) -> Result<(), StoreError> {
    let stale = open.iter().filter(|agent| agent.is_stale);
    let ids: Vec<AgentId> = stale.map(|agent| agent.agent_id).collect();
    if ids.is_empty() {
        return Ok(());
    }
    let found = store.read_agents(&request.tenant, &ids, Consistency::Strong);
    let mut found = found.await?;
    for open_agent in open.iter_mut().filter(|agent| agent.is_stale) {
        open_agent.agent = found.agents.remove(&open_agent.agent_id);
        open_agent.is_stale = false;
    }
    Ok(())
}

/// Moves every agent it can from `open` to `outcomes`.
async fn run_round(
    store: &Store,
    request: &LogoutRequest,
    open: &mut Vec<OpenAgent>,
    outcomes: &mut Vec<AgentOutcome>,
) -> Result<(), StoreError> {
    let (mut writes, mut written) = (Vec::new(), Vec::new());
    for open_agent in std::mem::take(open) {
        match decide(open_agent.agent.as_ref(), &request.id, open_agent.target) {
            Decision::Settled(Outcome::Skipped(_)) if open_agent.is_stale => open.push(open_agent),
            Decision::Settled(outcome) => outcomes.push(settle(open_agent, outcome)),
            Decision::Write(write) => {
                writes.push((open_agent.agent_id, write));
                written.push(open_agent);
            }
        }
    }

    let results = store
        .write_logouts(
            &request.tenant,
            &request.id,
            request.accepted_at,
            request.at,
            &writes,
        )
        .await?;
    for (((_, write), open_agent), result) in writes.into_iter().zip(written).zip(results) {
        let outcome = match write.change {
            LogoutChange::LogOut => Outcome::LoggedOut,
            LogoutChange::Defer { .. } => Outcome::Deferred,
        };
        let open_agent = open_agent.after(write, request.accepted_at);
        match result {
            LogoutResult::Applied => outcomes.push(settle(open_agent, outcome)),
            LogoutResult::Rejected(agent) => open.push(open_agent.now(Some(*agent))),
            LogoutResult::NoAgent => open.push(open_agent.now(None)),
        }
    }
    Ok(())
}

impl OpenAgent {
    fn after(self, write: LogoutWrite, accepted_at: Timestamp) -> Self {
        let target = self.target.after_seeing(write.seen_session, accepted_at);
        let tried_status = match write.change {
            LogoutChange::LogOut => Some(write.seen_status),
            LogoutChange::Defer { .. } => self.tried_status,
        };
        Self {
            target,
            tried_status,
            ..self
        }
    }

    fn now(self, agent: Option<Agent>) -> Self {
        Self {
            agent,
            is_stale: false,
            ..self
        }
    }
}

fn settle(open_agent: OpenAgent, outcome: Outcome) -> AgentOutcome {
    let found = open_agent
        .agent
        .map(|agent| match (&outcome, open_agent.tried_status) {
            (Outcome::LoggedOut, Some(replaced)) => (replaced, agent.profile),
            _ => (agent.status, agent.profile),
        });
    AgentOutcome {
        agent_id: open_agent.agent_id,
        outcome,
        found,
    }
}
