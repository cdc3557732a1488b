//! The items of a job: their keys, and what they say.

use std::collections::BTreeSet;

use aws_sdk_dynamodb::types::AttributeValue;

use domain::ids::JobId;
use domain::jobs::{AcceptedJob, Job, JobRef, OutcomeCounts, Plan, Progress};
use domain::tenant::Tenant;
use domain::timestamp::Timestamp;
use wire::stored::StoredSelection;

use super::attributes::{Item, number, read_number, read_text, read_time, text};

/// The number of chunks that are counted in one item, which keeps it below 1 KB and one write unit.
const CHUNKS_PER_PROGRESS: u32 = 64;
/// The part of the item that says what a job is.
pub(crate) const JOB: &str = "job";
/// The part of the item that holds the request. Sorts after every progress item.
pub(crate) const REQUEST: &str = "request";
/// Sorts after the part of every progress item.
pub(crate) const AFTER_PROGRESS: &str = "progress#~";

/// The key of all items of a job.
pub(crate) fn job_key(tenant: &Tenant, job_id: JobId) -> AttributeValue {
    AttributeValue::S(format!("{tenant}#{job_id}"))
}

/// The key of one item of a job.
pub(crate) fn part_key(job: &JobRef, part: AttributeValue) -> Item {
    let job_key = job_key(&job.tenant, job.job_id);
    Item::from([("job_key".to_owned(), job_key), ("part".to_owned(), part)])
}

/// The part in which a chunk is counted. Every plan has its own parts, so that the counts of an abandoned plan are never
/// taken for those of the job's plan.
pub(crate) fn progress_part(plan_id: &str, chunk: u32) -> AttributeValue {
    let number = chunk / CHUNKS_PER_PROGRESS;
    text(&format!("progress#{plan_id}#{number:04}"))
}

/// When DynamoDB may delete an item of a job: epoch seconds, as its time to live wants them.
pub(crate) fn expires_at(job: &JobRef) -> AttributeValue {
    number(job.expires_at.epoch_ms() / 1_000)
}

/// The job of these items; `None` if it is not stored yet, or has expired.
pub(crate) fn job_of_items(items: &[Item], now: Timestamp) -> Option<Job> {
    let job = items
        .iter()
        .find(|item| read_text(item, "part") == Some(JOB))?;
    let expires_at_s = i64::try_from(read_number(job, "expires_at")?).ok()?;
    if expires_at_s <= now.epoch_ms() / 1_000 {
        return None;
    }
    let plan = plan(job);
    let of_plan = plan
        .as_ref()
        .map(|plan| format!("progress#{}#", plan.plan_id));
    let mut progress = Progress::default();
    for item in items {
        let part = read_text(item, "part").unwrap_or_default();
        if of_plan
            .as_ref()
            .is_some_and(|of_plan| part.starts_with(of_plan))
        {
            progress.counted_chunks.extend(counted_chunks(item));
            progress.counts.merge(&outcome_counts(item));
            progress.counted_at = progress.counted_at.max(read_time(item, "counted_at"));
        }
    }
    Some(Job {
        accepted_at: read_time(job, "accepted_at")?,
        plan,
        progress,
    })
}

/// The plan that a job's item holds; `None` for another item, or if the job is not planned.
pub(crate) fn plan(job: &Item) -> Option<Plan> {
    Some(Plan {
        plan_id: read_text(job, "plan_id")?.to_owned(),
        chunks: u32::try_from(read_number(job, "chunk_count")?).ok()?,
        chunk_agents: u32::try_from(read_number(job, "chunk_agents")?).ok()?,
        agents: read_number(job, "agent_count")?,
        planned_at: read_time(job, "planned_at")?,
    })
}

/// The numbers of the chunks that were counted in an item; none for another item.
pub(crate) fn counted_chunks(item: &Item) -> BTreeSet<u32> {
    let numbers = item.get("counted_chunks").and_then(|set| set.as_ns().ok());
    numbers
        .into_iter()
        .flatten()
        .filter_map(|number| number.parse().ok())
        .collect()
}

fn outcome_counts(item: &Item) -> OutcomeCounts {
    let count = |name| read_number(item, name).unwrap_or(0);
    OutcomeCounts {
        logged_out: count("logged_out_count"),
        deferred: count("deferred_count"),
        not_found: count("not_found_count"),
        offline: count("offline_count"),
        newer_session: count("newer_session_count"),
    }
}

/// The request that an item holds; `None` for another item.
pub(crate) fn accepted_job(item: &Item) -> Option<AcceptedJob> {
    let expires_at_s = i64::try_from(read_number(item, "expires_at")?).ok()?;
    let stored: StoredSelection = serde_json::from_str(read_text(item, "selection")?).ok()?;
    Some(AcceptedJob {
        job: JobRef {
            tenant: Tenant::parse(read_text(item, "tenant")?)?,
            job_id: JobId::new(read_number(item, "job_id")?)?,
            accepted_at: read_time(item, "accepted_at")?,
            expires_at: Timestamp::from_epoch_ms(expires_at_s * 1_000),
        },
        selection: stored.try_into().ok()?,
    })
}
