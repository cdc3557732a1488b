//! The one invocation that plans: look up who is meant, write the snapshot, send the chunks, one after the other.

use super::costs::AGENTS_PER_CHUNK;
use super::deployment::{Deployment, Limit};
use super::limits::{MESSAGES_PER_BATCH, PARTITION_READ_UNITS_PER_S, QUERY_PAGE_BYTES};

/// One step of planning, with what is left of it.
#[derive(Clone, Copy, Debug)]
pub struct PlanStep {
    /// Agents that are still to go through it.
    pub agents: f64,
    /// So many go through it in a second.
    pub agents_per_s: f64,
    /// What keeps it from being faster.
    pub limit: Limit,
    /// Chunks can be worked on as they go through.
    pub sends: bool,
}

/// The steps of planning a job of one large team, in order.
#[must_use]
pub fn steps(agents: f64, deployment: &Deployment) -> [PlanStep; 3] {
    let Deployment {
        costs, assumptions, ..
    } = deployment;
    let processor = (
        deployment.cpus() / assumptions.plan_cpu_s,
        Limit::PlanProcessor,
    );
    let pages = QUERY_PAGE_BYTES / costs.member_bytes / assumptions.page_s;
    let team_partition = PARTITION_READ_UNITS_PER_S / costs.look_up_units_per_agent();
    let snapshot = deployment.partition_write_units_per_s / costs.snapshot_units_per_agent();
    let sent_at_once = costs.parallel_sends * MESSAGES_PER_BATCH * AGENTS_PER_CHUNK;
    let step = |rates: &[(f64, Limit)], sends| {
        let rates = rates.iter().chain([&processor]);
        let slowest = rates.min_by(|one, other| one.0.total_cmp(&other.0));
        let &(agents_per_s, limit) = slowest.expect("there is the processor");
        PlanStep {
            agents,
            agents_per_s,
            limit,
            sends,
        }
    };
    [
        step(&[(pages.min(team_partition), Limit::LookUpPages)], false),
        step(&[(snapshot, Limit::JobPartition)], false),
        step(
            &[(sent_at_once / assumptions.sqs_call_s, Limit::Sending)],
            true,
        ),
    ]
}
