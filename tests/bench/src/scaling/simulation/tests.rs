use super::*;
use crate::scaling::variants::{CONCURRENCY, KNOBS, PATIENCE, QUOTA, WARM_TABLE, what_to_raise};

type Change = fn(&mut Deployment);

const AGENTS: [u32; 4] = [1, 5_000, 100_000, 1_000_000];

/// Every limit out of the way, but for the time of calls.
const BOUNDLESS: Deployment = Deployment {
    worker_max_concurrency: 1_000.0,
    memory_mb: 1_769.0,
    warm_write_units_per_s: 1e9,
    table_write_units_per_s: 1e9,
    partition_write_units_per_s: 1e6,
    account_concurrency: 1_000.0,
    event_source_growth_per_s: 1_000.0,
    ..Deployment::DEFAULT
};

fn settled(run: &Run) -> f64 {
    run.curve.last().unwrap().1
}

fn what_bound_most(run: &Run) -> Limit {
    let most = run
        .bound_s
        .iter()
        .max_by(|one, other| one.1.total_cmp(other.1));
    *most.unwrap().0
}

#[test]
fn every_agent_is_logged_out_once_or_rests_in_the_dead_letter_queue() {
    let deployments = KNOBS.map(|knob| Deployment::DEFAULT.with(knob));
    for deployment in [Deployment::DEFAULT, BOUNDLESS].iter().chain(&deployments) {
        for agents in AGENTS {
            let run = simulate(agents, deployment);
            let all = settled(&run) + run.dead_agents;
            assert!(
                (all - f64::from(agents)).abs() <= 1.0,
                "{all} {deployment:?}"
            );
            assert!(
                run.curve
                    .is_sorted_by(|one, other| one.0 <= other.0 && one.1 <= other.1)
            );
        }
    }
}

#[test]
fn the_time_is_explained_by_limits() {
    for agents in AGENTS {
        let run = simulate(agents, &Deployment::DEFAULT);
        let explained: f64 = run.bound_s.values().sum();
        assert!(
            (explained - run.seconds).abs() < 0.001 * run.seconds,
            "{run:?}"
        );
    }
}

#[test]
fn a_raised_limit_never_makes_a_patient_job_slower() {
    let mut patient = Deployment::DEFAULT;
    patient.costs.rounds = u32::MAX;
    let raises: [Change; 6] = [
        |deployment| deployment.worker_max_concurrency *= 2.0,
        |deployment| deployment.memory_mb *= 2.0,
        |deployment| deployment.warm_write_units_per_s *= 2.0,
        |deployment| deployment.partition_write_units_per_s *= 2.0,
        |deployment| deployment.account_concurrency *= 2.0,
        |deployment| deployment.event_source_growth_per_s *= 2.0,
    ];
    for base in [patient, patient.with(WARM_TABLE), BOUNDLESS] {
        for agents in AGENTS {
            let before = simulate(agents, &base).seconds;
            for (which, raise) in raises.iter().enumerate() {
                let mut deployment = base;
                raise(&mut deployment);
                let after = simulate(agents, &deployment).seconds;
                // Waits before another try are of a fixed length, so the last ones may end a moment later.
                assert!(
                    after <= before + 1.0,
                    "{which}: {after} > {before} for {agents}"
                );
            }
        }
    }
}

#[test]
fn more_concurrency_makes_a_job_on_a_cold_table_worse() {
    let few = simulate(1_000_000, &Deployment::DEFAULT);
    let many = simulate(1_000_000, &Deployment::DEFAULT.with(CONCURRENCY));
    assert!(many.dead_agents > few.dead_agents && few.dead_agents > 0.0);
    let warm = Deployment::DEFAULT.with(PATIENCE).with(QUOTA);
    let few = simulate(1_000_000, &warm);
    let many = simulate(1_000_000, &warm.with(CONCURRENCY));
    assert!(many.seconds < few.seconds);
}

#[test]
fn each_limit_binds_when_it_is_tiny() {
    let tiny: [(Limit, Change); 10] = [
        (Limit::Start, |tiny| tiny.assumptions.start_s = 1_000.0),
        (Limit::LookUpPages, |tiny| tiny.assumptions.page_s = 100.0),
        (Limit::PlanProcessor, |tiny| {
            tiny.assumptions.plan_cpu_s = 0.01;
        }),
        (Limit::JobPartition, |tiny| {
            tiny.partition_write_units_per_s = 1.0;
        }),
        (Limit::Sending, |tiny| tiny.assumptions.sqs_call_s = 100.0),
        (Limit::EventSourceGrowth, |tiny| {
            tiny.event_source_growth_per_s = 0.0;
            tiny.assumptions.call_s = 10.0;
        }),
        (Limit::WorkerMaxConcurrency, |tiny| {
            tiny.worker_max_concurrency = 2.0;
            tiny.assumptions.call_s = 10.0;
        }),
        (Limit::AccountConcurrency, |tiny| {
            tiny.account_concurrency = 3.0;
            tiny.assumptions.call_s = 10.0;
        }),
        (Limit::AgentsTable, |tiny| {
            tiny.warm_write_units_per_s = 100.0;
            tiny.costs.rounds = u32::MAX;
        }),
        (Limit::Redelivery, |tiny| {
            tiny.warm_write_units_per_s = 2_000.0;
        }),
    ];
    for (limit, make) in tiny {
        let mut deployment = BOUNDLESS;
        make(&mut deployment);
        let run = simulate(100_000, &deployment);
        assert_eq!(what_bound_most(&run), limit, "{:?}", run.bound_s);
    }
    let run = simulate(100_000, &BOUNDLESS);
    assert!(run.seconds < 5.0, "{run:?}");
}

#[test]
fn no_capacity_is_exceeded_in_any_ten_seconds() {
    for knobs in [
        vec![],
        vec![PATIENCE],
        vec![PATIENCE, WARM_TABLE],
        vec![CONCURRENCY],
    ] {
        let deployment = knobs
            .into_iter()
            .fold(Deployment::DEFAULT, Deployment::with);
        let run = simulate(1_000_000, &deployment);
        let first_second = deployment.warm_write_units_per_s;
        for window in run.curve.windows(10) {
            let (first, last) = (window[0], window[9]);
            // The table may have a second's worth in store.
            let doubled = deployment.agents_table_write_units_per_s(last.0);
            let at_most = doubled * (last.0 - first.0) + first_second.max(doubled);
            assert!(last.1 - first.1 <= at_most, "{first:?} {last:?}");
        }
        let (environments, _) = deployment.environments(run.seconds);
        assert!(run.peak_chunks <= environments * MESSAGES_PER_BATCH + 1e-6);
    }
}

#[test]
fn no_more_chunks_are_counted_than_the_partition_takes() {
    let mut deployment = BOUNDLESS;
    deployment.partition_write_units_per_s = 100.0;
    deployment.costs.snapshot_bytes_per_agent = 0.001;
    let run = simulate(1_000_000, &deployment);
    assert_eq!(what_bound_most(&run), Limit::JobPartition, "{run:?}");
    for window in run.curve.windows(10) {
        let (first, last) = (window[0], window[9]);
        // It may have a second's worth in store.
        let at_most = 100.0 * (last.0 - first.0 + 1.0);
        assert!(
            (last.1 - first.1) / AGENTS_PER_CHUNK <= at_most,
            "{first:?} {last:?}"
        );
    }
}

#[test]
fn the_table_is_the_bound_that_can_be_reckoned_by_hand() {
    let cold = Deployment::DEFAULT.with(PATIENCE);
    let run = simulate(1_000_000, &cold);
    let by_hand_s = 1_000_000.0 / cold.warm_write_units_per_s;
    assert!(
        run.seconds > by_hand_s && run.seconds < by_hand_s + 30.0,
        "{}",
        run.seconds
    );
}

#[test]
fn what_is_raised_first_helps_most() {
    let raised = what_to_raise(1_000_000, &Deployment::DEFAULT);
    let (first, run) = &raised[0];
    for knob in KNOBS {
        let other = simulate(1_000_000, &Deployment::DEFAULT.with(knob));
        assert!(
            other.dead_agents > 0.0 || other.seconds >= run.seconds,
            "{} before {}",
            knob.name,
            first.name
        );
    }
    assert!(raised.is_sorted_by(|one, other| other.1.seconds < one.1.seconds));
}

#[test]
fn a_million_agents_cost_what_operations_says() {
    let run = simulate(
        1_000_000,
        &Deployment::DEFAULT.with(WARM_TABLE).with(PATIENCE),
    );
    let lines = crate::scaling::bill::bill(1_000_000, &Deployment::DEFAULT, &run);
    let together: f64 = lines.iter().map(crate::scaling::bill::Line::dollars).sum();
    // docs/operations.md has 0.71, for jobs of a thousand.
    assert!((0.70..0.72).contains(&together), "{together}");
}
