//! Whether one invocation can plan a job.

use super::deployment::Deployment;
use super::document::count;
use super::planning;
use super::variants::ONE_CPU;
use crate::document::{Document, Table};

/// The plan holds an agent's id in so many bytes, three times at most (`logout::candidates`).
const PLAN_BYTES_PER_AGENT: f64 = 3.0 * 8.0;

fn ids_mb(agents: u32) -> f64 {
    f64::from(agents) * PLAN_BYTES_PER_AGENT / 1_048_576.0
}

/// In time, and the ids in half of the memory.
pub(super) fn plan_fits(agents: u32, deployment: &Deployment) -> bool {
    let steps = planning::steps(f64::from(agents), deployment);
    let together_s: f64 = steps
        .iter()
        .map(|step| step.agents / step.agents_per_s)
        .sum();
    together_s <= deployment.invocation_s && ids_mb(agents) <= deployment.memory_mb / 2.0
}

/// Tells it of jobs of so many agents.
pub(super) fn section(document: &mut Document, jobs: &[u32]) {
    let new = Deployment::DEFAULT;
    document.heading("One invocation plans");
    document.paragraph(format!(
        "It has {:.0} s and the function's memory, of which the ids take up to {PLAN_BYTES_PER_AGENT:.0} bytes an agent. A job \
         that does not fit is not planned at all: raise the memory, or ask for several jobs. *Fits*: in time, and the ids in \
         half of the memory; the rest is for the answers under way. The time depends on an assumption about the processor \
         (below). The snapshot goes into one partition, in batches of {} items one after another: {} agents a second where ids \
         are dense and take a byte each, an eighth of that at worst.",
        new.invocation_s,
        new.costs.snapshot_items_per_call,
        count(new.partition_write_units_per_s / new.costs.snapshot_units_per_agent()),
    ));
    let mut table = Table::new([
        "agents, memory",
        "look-up, s",
        "snapshot, s",
        "sending, s",
        "together, s",
        "ids, MB",
        "fits",
    ]);
    for &agents in jobs {
        for deployment in [Deployment::DEFAULT, Deployment::DEFAULT.with(ONE_CPU)] {
            let steps = planning::steps(f64::from(agents), &deployment);
            let steps = steps.map(|step| step.agents / step.agents_per_s);
            let together_s: f64 = steps.iter().sum();
            let fits = plan_fits(agents, &deployment);
            let (agents_text, memory) = (count(f64::from(agents)), count(deployment.memory_mb));
            let steps = steps.map(|seconds| format!("{seconds:.1}"));
            let name = [format!("{agents_text}, {memory} MB")];
            table.row(name.into_iter().chain(steps).chain([
                format!("{together_s:.0}"),
                format!("{:.0}", ids_mb(agents)),
                if fits { "yes" } else { "no" }.to_owned(),
            ]));
        }
    }
    document.table(table);
}
