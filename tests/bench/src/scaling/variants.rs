//! What can be raised, and in which order it pays.

use super::deployment::Deployment;
use super::limits::{ONE_CPU_MB, TABLE_WRITE_UNITS_PER_S};
use super::simulation::{Run, simulate};

/// Roughly what one partition can count chunks for: 1,000 chunks a second.
const RAISED_TABLE_WRITE_UNITS_PER_S: f64 = 100_000.0;
/// So many rounds, half a second of waiting each, take as long as an invocation may: two minutes.
const ROUNDS_OF_AN_INVOCATION: u32 = 230;
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
pub const KNOBS: [Knob; 5] = [
    PATIENCE,
    WARM_TABLE,
    CONCURRENCY,
    LITTLE_CONCURRENCY,
    ONE_CPU,
];

/// Not a setting: what the worker does when it is throttled.
pub const PATIENCE: Knob = Knob {
    name: "a throttled chunk is tried until its invocation ends",
    turn: |deployment| deployment.costs.rounds = ROUNDS_OF_AN_INVOCATION,
};
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
/// The least the setting takes.
pub const LITTLE_CONCURRENCY: Knob = Knob {
    name: "`WorkerMaxConcurrency` down to 2",
    turn: |deployment| deployment.worker_max_concurrency = 2.0,
};
/// A whole processor.
pub const ONE_CPU: Knob = Knob {
    name: "memory of the worker to 1,769 MB",
    turn: |deployment| deployment.memory_mb = ONE_CPU_MB,
};

/// Has to be asked for: more than one partition can count chunks for.
pub const QUOTA: Knob = Knob {
    name: "quota of the agents table to 100,000, warmed to that",
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
