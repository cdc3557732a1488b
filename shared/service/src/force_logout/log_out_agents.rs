//! Logging out a set of agents: read, decide, write on condition, and again for agents who changed in between.

use domain::agents::{Agent, AgentStatus, Profile, RequestId};
use domain::ids::AgentId;
use domain::logout::{Decision, LogoutChange, LogoutWrite, Outcome, TargetSession, decide};
use domain::tenant::Tenant;
use domain::timestamp::Timestamp;
use store::{ConditionalWrite, Consistency, FoundAgents, RetryLimit, Store, StoreError};

/// The maximum number of rounds. A further round is needed only if an agent does something between the read and the write.
const MAX_ROUNDS: u32 = 6;

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
    /// How long throttled writes are tried again.
    pub retry_limit: RetryLimit,
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
    /// The status that a logout was tried on. If the answer to that write got lost, this is the status that it replaced.
    tried_status: Option<AgentStatus>,
}

/// Logs out, defers or skips each of up to 100 distinct agents, and returns the outcomes. `found` is what the first read
/// found. That read may be eventually consistent, for half the price: the conditions of the writes keep it from hitting the
/// wrong agents. It may miss a sign-in of this moment, so an agent whom it would skip is read again, as is
/// one whose write was rejected. Safe to repeat with the same request: an agent with an outcome keeps it.
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
    let target = request.target;
    let without_outcome = |&agent_id| OpenAgent {
        agent_id,
        target,
        tried_status: None,
    };
    let mut open: Vec<OpenAgent> = agent_ids.iter().map(without_outcome).collect();
    let mut rounds = 0;
    loop {
        run_round(store, request, found, &mut open, &mut outcomes).await?;
        if open.is_empty() {
            return Ok(outcomes);
        }
        rounds += 1;
        if rounds == MAX_ROUNDS {
            let items = open.len();
            return Err(StoreError::Unsettled { items, rounds });
        }
        let ids: Vec<AgentId> = open.iter().map(|agent| agent.agent_id).collect();
        found = store
            .read_agents(&request.tenant, &ids, Consistency::Strong)
            .await?;
    }
}

/// Moves every agent it can from `open` to `outcomes`.
async fn run_round(
    store: &Store,
    request: &LogoutRequest,
    mut found: FoundAgents,
    open: &mut Vec<OpenAgent>,
    outcomes: &mut Vec<AgentOutcome>,
) -> Result<(), StoreError> {
    let (mut writes, mut written) = (Vec::new(), Vec::new());
    for open_agent in std::mem::take(open) {
        let agent = found.agents.remove(&open_agent.agent_id);
        match decide(agent.as_ref(), &request.id, open_agent.target) {
            Decision::Settled(Outcome::Skipped(_))
                if found.consistency == Consistency::Eventual =>
            {
                open.push(open_agent);
            }
            Decision::Settled(outcome) => outcomes.push(settle(open_agent, outcome, agent)),
            Decision::Write(write) => {
                writes.push((open_agent.agent_id, write));
                written.push((open_agent, agent));
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
            request.retry_limit,
        )
        .await?;
    for (((_, write), (open_agent, agent)), result) in writes.into_iter().zip(written).zip(results)
    {
        let outcome = match write.change {
            LogoutChange::LogOut => Outcome::LoggedOut,
            LogoutChange::Defer { .. } => Outcome::Deferred,
        };
        let open_agent = open_agent.after(write, request.accepted_at);
        match result {
            ConditionalWrite::Applied => outcomes.push(settle(open_agent, outcome, agent)),
            ConditionalWrite::Rejected => open.push(open_agent),
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
}

fn settle(open_agent: OpenAgent, outcome: Outcome, agent: Option<Agent>) -> AgentOutcome {
    let found = agent.map(|agent| match (&outcome, open_agent.tried_status) {
        (Outcome::LoggedOut, Some(replaced)) => (replaced, agent.profile),
        _ => (agent.status, agent.profile),
    });
    AgentOutcome {
        agent_id: open_agent.agent_id,
        outcome,
        found,
    }
}
