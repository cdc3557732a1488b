use super::*;
use crate::ids::JobId;
use crate::tenant::Tenant;

fn plan(chunks: u32, counted: &[u32]) -> (Plan, Progress) {
    let plan = Plan {
        plan_id: "p".to_owned(),
        chunks,
        chunk_agents: 2,
        agents: u64::from(chunks) * 2 - 1,
        planned_at: Timestamp::from_epoch_ms(2_000),
    };
    let progress = Progress {
        counted_chunks: counted.iter().copied().collect(),
        ..Progress::default()
    };
    (plan, progress)
}

fn which() -> JobRef {
    JobRef {
        tenant: Tenant::parse("acme").unwrap(),
        job_id: JobId::new(5).unwrap(),
        accepted_at: Timestamp::from_epoch_ms(1_000),
        expires_at: Timestamp::from_epoch_ms(1_000),
    }
}

#[test]
fn the_uncounted_chunks_are_sent() {
    let which = which();
    let (plan, progress) = plan(4, &[3]);
    let agent_ids: Vec<_> = (11..18).filter_map(AgentId::new).collect();
    let chunks = plan.uncounted_chunks(&which, &progress, &agent_ids);
    let chunks: Vec<_> = chunks
        .map(|chunk| (chunk.number, chunk.agent_ids))
        .collect();
    assert_eq!(
        chunks,
        [
            (1, agent_ids[..2].to_vec()),
            (2, agent_ids[2..4].to_vec()),
            (4, agent_ids[6..].to_vec())
        ]
    );
}

#[test]
fn a_chunk_has_as_many_agents_as_the_plan_says() {
    let (mut plan, _) = plan(4, &[]);
    let held = |plan: &Plan| -> Vec<_> { (0..6).map(|n| plan.agents_in(n)).collect() };
    let two = Some(2);
    assert_eq!(held(&plan), [None, two, two, two, Some(1), None]);
    plan.agents += 1;
    assert_eq!(held(&plan), [None, two, two, two, two, None]);
}
