use super::*;
use crate::scaling::variants::{CONCURRENCY, KNOBS, QUOTA, WARM_TABLE, what_to_raise};

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
    let patient = Deployment {
        invocation_s: f64::INFINITY,
        ..Deployment::DEFAULT
    };
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
fn nobody_waits_on_a_cold_table_for_longer_than_an_invocation() {
    for agents in AGENTS {
        let run = simulate(agents, &Deployment::DEFAULT);
        assert!(run.given_up < 1.0, "{} of {agents}", run.given_up);
    }
}

#[test]
fn a_chunk_that_would_wait_for_longer_than_its_invocation_comes_again() {
    let crowded = Deployment {
        invocation_s: 5.0,
        ..Deployment::DEFAULT
    };
    let run = simulate(100_000, &crowded);
    assert!(run.given_up > 1.0 && run.dead_agents < 1.0, "{run:?}");
    assert!(run.seconds > f64::from(JOBS.visibility_timeout_seconds()));
}

#[test]
fn more_concurrency_helps_where_the_table_keeps_up_and_not_where_it_does_not() {
    let takes = |deployment| simulate(1_000_000, &deployment).seconds;
    let cold = Deployment::DEFAULT;
    assert!(takes(cold.with(CONCURRENCY)) > 0.95 * takes(cold));
    let ample = cold.with(QUOTA);
    assert!(takes(ample.with(CONCURRENCY)) < takes(ample));
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
            tiny.invocation_s = f64::INFINITY;
        }),
        (Limit::Redelivery, |tiny| {
            tiny.warm_write_units_per_s = 2_000.0;
            tiny.invocation_s = 1.0;
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
    for knobs in [vec![], vec![WARM_TABLE], vec![CONCURRENCY]] {
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
    deployment.costs.agents_per_snapshot_item = 1e9;
    deployment.costs.snapshot_bytes_per_agent = 1e-6;
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
    let cold = Deployment::DEFAULT;
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
    let run = simulate(1_000_000, &Deployment::DEFAULT.with(WARM_TABLE));
    let lines = crate::scaling::bill::bill(1_000_000, &Deployment::DEFAULT, &run);
    let together: f64 = lines.iter().map(crate::scaling::bill::Line::dollars).sum();
    // docs/operations.md has 0.71, for jobs of a thousand.
    assert!((0.70..0.72).contains(&together), "{together}");
}
