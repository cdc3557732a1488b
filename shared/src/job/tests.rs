use super::*;

const ACCEPTED_AT: Timestamp = Timestamp::from_epoch_ms(1_000);

fn job(chunks: Option<u32>, done: &[u32]) -> Job {
    let plan = chunks.map(|chunks| Plan {
        plan_id: "p".to_owned(),
        chunks,
        chunk_agents: 2,
        agents: (u64::from(chunks) * 2).saturating_sub(1),
        planned_at: Timestamp::from_epoch_ms(2_000),
    });
    let counted_at = (!done.is_empty()).then_some(Timestamp::from_epoch_ms(3_000));
    let progress = Progress {
        done: done.iter().copied().collect(),
        tally: Tally::default(),
        counted_at,
    };
    Job {
        accepted_at: ACCEPTED_AT,
        plan,
        progress,
    }
}

#[test]
fn the_status_follows_from_what_is_done() {
    let in_time = ACCEPTED_AT.plus(DEADLINE);
    let too_late = in_time.plus(Duration::from_millis(1));
    let completed = |ms| JobStatus::Completed(Timestamp::from_epoch_ms(ms));
    for (job, before, after) in [
        (job(None, &[]), JobStatus::Created, JobStatus::Failed),
        (job(Some(2), &[]), JobStatus::InProgress, JobStatus::Failed),
        (job(Some(2), &[2]), JobStatus::InProgress, JobStatus::Failed),
        (job(Some(2), &[1, 2]), completed(3_000), completed(3_000)),
        (job(Some(0), &[]), completed(2_000), completed(2_000)),
    ] {
        assert_eq!(job.status(in_time), before, "{job:?}");
        assert_eq!(job.status(too_late), after, "{job:?}");
    }
}

fn which() -> JobRef {
    JobRef {
        tenant: Tenant::parse("acme").unwrap(),
        job_id: JobId::new(5).unwrap(),
        accepted_at: ACCEPTED_AT,
        expires_at: ACCEPTED_AT,
    }
}

#[test]
fn a_job_leaves_its_number_and_time_on_agents() {
    let name = which().request_id();
    assert_eq!(name.as_str(), "job#5#1000");
    assert_eq!(name.to_string(), "job#5#1000");
}

#[test]
fn each_agent_counts_once_and_as_what_became_of_them() {
    let outcomes = [
        (1, Outcome::LoggedOut),
        (2, Outcome::Deferred),
        (3, Outcome::Skipped(SkipReason::Missing)),
        (4, Outcome::Skipped(SkipReason::Offline)),
        (5, Outcome::Skipped(SkipReason::LaterSession)),
    ];
    let mut tally = Tally::default();
    for (times, outcome) in &outcomes {
        (0..*times).for_each(|_| tally.add(outcome));
    }
    let expected = Tally {
        logged_out: 1,
        deferred: 2,
        missing: 3,
        offline: 4,
        later_session: 5,
    };
    assert_eq!(tally, expected);
    assert_eq!(tally.skipped(), 12);
    tally.merge(&Tally {
        logged_out: 10,
        deferred: 20,
        missing: 30,
        offline: 40,
        later_session: 50,
    });
    let both = Tally {
        logged_out: 11,
        deferred: 22,
        missing: 33,
        offline: 44,
        later_session: 55,
    };
    assert_eq!(tally, both);
}

#[test]
fn a_chunk_is_read_together_with_its_job_and_progress() {
    assert_eq!(CHUNK_AGENTS + 2, crate::store::MAX_BATCH_GET);
}

#[test]
fn the_open_chunks_are_those_not_done() {
    let which = which();
    let job = job(Some(4), &[3]);
    let agent_ids: Vec<_> = (11..18).filter_map(AgentId::new).collect();
    let plan = job.plan.unwrap();
    let open = plan.open_chunks(&which, &job.progress, &agent_ids);
    let open: Vec<_> = open.map(|chunk| (chunk.number, chunk.agent_ids)).collect();
    assert_eq!(
        open,
        [
            (1, agent_ids[..2].to_vec()),
            (2, agent_ids[2..4].to_vec()),
            (4, agent_ids[6..].to_vec())
        ]
    );
}

#[test]
fn a_chunk_holds_what_the_plan_says() {
    let mut plan = job(Some(4), &[]).plan.unwrap();
    let held = |plan: &Plan| -> Vec<_> { (0..6).map(|n| plan.agents_in(n)).collect() };
    let two = Some(2);
    assert_eq!(held(&plan), [None, two, two, two, Some(1), None]);
    plan.agents += 1;
    assert_eq!(held(&plan), [None, two, two, two, two, None]);
}
