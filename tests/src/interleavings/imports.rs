//! Two programs that import or remove one agent at the same time: whatever the order of their calls, the agent's teams and
//! memberships agree.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;
use std::sync::atomic::{AtomicU64, Ordering};

use aws_sdk_dynamodb::types::builders::KeysAndAttributesBuilder;
use aws_sdk_dynamodb::types::{AttributeValue, KeysAndAttributes};
use domain::agents::RosterAgent;
use domain::ids::AgentId;
use store::Store;
use store::operator::OnlineAgents;

use super::{Program, every_interleaving, interleave};
use crate::new_agents::agent;
use crate::test_stack::{TestStack, name};

/// Every team of these tests.
const TEAMS: RangeInclusive<u64> = 1..=4;

/// What a program does with the agent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// It imports the agent, in these teams.
    Import(&'static [u64]),
    /// It removes the agent.
    Remove,
}

/// An agent's teams in the tables.
#[derive(Debug, PartialEq, Eq)]
struct Teams {
    /// Those that the agent names; `None` if the agent is not in the table.
    named: Option<BTreeSet<u64>>,
    /// Those of which there is a membership.
    memberships: BTreeSet<u64>,
}

impl Teams {
    /// As they are after a change.
    fn after(change: Change) -> Self {
        let named = match change {
            Change::Import(team_ids) => Some(team_ids.iter().copied().collect()),
            Change::Remove => None,
        };
        let memberships = named.clone().unwrap_or_default();
        Self { named, memberships }
    }
}

/// Runs two changes in every order of their calls, with up to `faults` faults, each time for another agent, to whom the change
/// `before` was made. Returns the number of orders.
pub async fn two_changes(before: Change, changes: [Change; 2], faults: usize) -> usize {
    let stack = &TestStack::start().await;
    let stores = &[stack.another_store(), stack.another_store()];
    let next_agent = &AtomicU64::new(1);
    every_interleaving(async |choices| {
        let agent_id = next_agent.fetch_add(1, Ordering::SeqCst);
        make(before, stack.store.clone(), agent_id).await;
        let programs = changes
            .iter()
            .zip(stores)
            .map(|(change, (store, aws_calls))| {
                Program::start(aws_calls.clone(), make(*change, store.clone(), agent_id))
            });
        let ended = interleave(choices, faults, programs.collect(), async || {
            let Teams { named, memberships } = read_teams(stack, agent_id).await;
            let is_subset = memberships.is_subset(&named.clone().unwrap_or_default());
            assert!(is_subset, "named {named:?}, memberships {memberships:?}");
        })
        .await;
        if ended.all {
            let last = read_teams(stack, agent_id).await;
            let is_expected = changes.iter().any(|change| last == Teams::after(*change));
            assert!(is_expected, "{last:?} after {changes:?} {choices:?}");
        }
        let repair = Change::Import(&[4]);
        make(repair, stack.store.clone(), agent_id).await;
        let repaired = read_teams(stack, agent_id).await;
        assert_eq!(repaired, Teams::after(repair), "{changes:?} {choices:?}");
    })
    .await
}

async fn make(change: Change, store: Store, agent_id: u64) {
    let tenant = name("acme");
    match change {
        Change::Import(team_ids) => {
            let agents: [RosterAgent; 1] = [agent(agent_id, "Offline", team_ids)];
            store.import_agents(&tenant, &agents).await.unwrap();
        }
        Change::Remove => {
            let agent_ids = [AgentId::new(agent_id).unwrap()];
            let removed = store.remove_agents(&tenant, &agent_ids, OnlineAgents::Keep);
            removed.await.unwrap();
        }
    }
}

async fn read_teams(stack: &TestStack, agent_id: u64) -> Teams {
    let agent_key = AttributeValue::S(format!("acme#{agent_id}"));
    let agents = KeysAndAttributes::builder().keys([("agent_key".to_owned(), agent_key)].into());
    let memberships = TEAMS.map(|team_id| {
        let team_key = AttributeValue::S(format!("acme#{team_id}"));
        let agent_id = AttributeValue::N(agent_id.to_string());
        [
            ("team_key".to_owned(), team_key),
            ("agent_id".to_owned(), agent_id),
        ]
        .into()
    });
    let memberships = KeysAndAttributes::builder().set_keys(Some(memberships.collect()));
    let read = |keys: KeysAndAttributesBuilder| keys.consistent_read(true).build().unwrap();
    let call = stack.dynamodb.batch_get_item();
    let call = call.request_items("agents", read(agents));
    let call = call.request_items("team-members", read(memberships));
    let found = call.send().await.unwrap().responses.unwrap();
    let id = |text: &String| text.rsplit('#').next().unwrap().parse::<u64>().unwrap();
    Teams {
        named: found["agents"].first().map(|agent| {
            let teams = agent.get("team_ids").map(|teams| teams.as_ns().unwrap());
            teams.into_iter().flatten().map(id).collect()
        }),
        memberships: found["team-members"]
            .iter()
            .map(|membership| id(membership["team_key"].as_s().unwrap()))
            .collect(),
    }
}
