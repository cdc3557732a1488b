use std::time::Duration;

use super::*;
use crate::jobs::OutcomeCounts;

const ACCEPTED_AT: Timestamp = Timestamp::from_epoch_ms(1_000);

fn job(chunks: Option<u32>, counted: &[u32]) -> Job {
    let plan = chunks.map(|chunks| Plan {
        plan_id: "p".to_owned(),
        chunks,
        chunk_agents: 2,
        agents: (u64::from(chunks) * 2).saturating_sub(1),
        planned_at: Timestamp::from_epoch_ms(2_000),
    });
    let counted_at = (!counted.is_empty()).then_some(Timestamp::from_epoch_ms(3_000));
    let progress = Progress {
        counted_chunks: counted.iter().copied().collect(),
        counts: OutcomeCounts::default(),
        counted_at,
    };
    Job {
        accepted_at: ACCEPTED_AT,
        plan,
        progress,
    }
}

#[test]
fn the_status_follows_from_what_was_counted() {
    let in_time = ACCEPTED_AT.plus(JOB_DEADLINE);
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
