//! What can be raised, and in which order it pays.

use super::deployment::Deployment;
use super::limits::{ONE_CPU_MB, TABLE_WRITE_UNITS_PER_S};
use super::simulation::{Run, simulate};

/// Less than what one partition can count chunks for: 98,000 agents a second.
const RAISED_TABLE_WRITE_UNITS_PER_S: f64 = 80_000.0;
/// A change that makes a job shorter by less than this share is not worth it.
const WORTH_IT: f64 = 0.05;

/// Something to raise.
#[derive(Clone, Copy)]
pub struct Knob {
    /// What is done.
    pub name: &'static str,
    turn: fn(&mut Deployment),
}

/// What can be changed without asking AWS.
pub const KNOBS: [Knob; 3] = [WARM_TABLE, CONCURRENCY, ONE_CPU];

/// The default quota, at once.
pub const WARM_TABLE: Knob = Knob {
    name: "agents table warmed to 40,000",
    turn: |deployment| deployment.warm_write_units_per_s = TABLE_WRITE_UNITS_PER_S,
};
/// The most the setting takes, and all an account has.
pub const CONCURRENCY: Knob = Knob {
    name: "`WorkerMaxConcurrency` up to 1,000",
    turn: |deployment| deployment.worker_max_concurrency = 1_000.0,
};
/// A whole processor.
pub const ONE_CPU: Knob = Knob {
    name: "memory of the worker to 1,769 MB",
    turn: |deployment| deployment.memory_mb = ONE_CPU_MB,
};

/// Has to be asked for.
pub const QUOTA: Knob = Knob {
    name: "quota of the agents table to 80,000, warmed to that",
    turn: |deployment| {
        deployment.table_write_units_per_s = RAISED_TABLE_WRITE_UNITS_PER_S;
        deployment.warm_write_units_per_s = RAISED_TABLE_WRITE_UNITS_PER_S;
    },
};

impl Deployment {
    /// The deployment with something raised.
    #[must_use]
    pub fn with(mut self, knob: Knob) -> Self {
        (knob.turn)(&mut self);
        self
    }
}

/// Raises whatever helps most, again and again, until nothing helps; each with how the job goes then.
#[must_use]
pub fn what_to_raise(agents: u32, deployment: &Deployment) -> Vec<(Knob, Run)> {
    let mut raised: Vec<(Knob, Run)> = Vec::new();
    let mut best = (*deployment, cost(&simulate(agents, deployment)));
    loop {
        let tried = KNOBS.iter().map(|&knob| {
            let deployment = best.0.with(knob);
            (knob, deployment, simulate(agents, &deployment))
        });
        let quickest = tried.min_by(|one, other| cost(&one.2).total_cmp(&cost(&other.2)));
        let (knob, deployment, run) = quickest.expect("there are knobs");
        if cost(&run) > best.1 * (1.0 - WORTH_IT) {
            return raised;
        }
        best = (deployment, cost(&run));
        raised.push((knob, run));
    }
}

/// A job that is never done is worse than any that is.
fn cost(run: &Run) -> f64 {
    run.seconds * (1.0 + 1_000.0 * run.dead_agents)
}
