//! The snapshot of a job's agents, stored for later deliveries of the plan message: 10,000 agents an item, as differences.

use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use integer_encoding::VarInt;

use domain::ids::AgentId;
use domain::jobs::{JobRef, Plan};

use crate::error::StoreError;
use crate::items::attributes::{Item, text};
use crate::items::job_item::{expires_at, job_key, part_key};
use crate::store::Store;

/// An item holds at most that many agents: 8 bytes each at worst, so that it stays far below the 400 KB that an item may
/// have, and a batch of 25 below the 16 MB of a call (Amazon DynamoDB Developer Guide, "Quotas").
const AGENTS_PER_ITEM: usize = 10_000;
/// The items of a job are in one partition, which takes 1,000 write units a second (Amazon DynamoDB Developer Guide,
/// "Partitions and data distribution"); a batch has 250 to 2,000.
const PARALLEL_BATCHES: usize = 1;
/// More items than any snapshot has: those of ten thousand million agents.
const MAX_ITEMS: usize = 999_999;

impl Store {
    /// Stores the agents of a new plan. They are not read before the plan is the job's.
    ///
    /// # Errors
    /// DynamoDB refused; a part may be stored then, and expires with the job.
    pub async fn write_snapshot(
        &self,
        job: &JobRef,
        plan: &Plan,
        agent_ids: &[AgentId],
    ) -> Result<(), StoreError> {
        let items = (0..agent_ids.len().div_ceil(AGENTS_PER_ITEM)).map(|number| {
            let start = number * AGENTS_PER_ITEM;
            let end = agent_ids.len().min(start + AGENTS_PER_ITEM);
            let mut item = part_key(job, part(&plan.plan_id, number));
            let ids = AttributeValue::B(Blob::new(encode(&agent_ids[start..end])));
            item.insert("agent_ids".to_owned(), ids);
            item.insert("expires_at".to_owned(), expires_at(job));
            item
        });
        self.put_all(&self.tables.jobs, items, PARALLEL_BATCHES)
            .await
    }

    /// The agents of a plan, in the order in which they were stored.
    ///
    /// # Errors
    /// DynamoDB refused, or a part is missing.
    pub async fn read_snapshot(
        &self,
        job: &JobRef,
        plan: &Plan,
    ) -> Result<Vec<AgentId>, StoreError> {
        let query = self.client.query().table_name(&self.tables.jobs);
        let query = query
            .consistent_read(true)
            .key_condition_expression("job_key = :key AND part BETWEEN :first AND :last")
            .expression_attribute_values(":key", job_key(&job.tenant, job.job_id))
            .expression_attribute_values(":first", part(&plan.plan_id, 0))
            .expression_attribute_values(":last", part(&plan.plan_id, MAX_ITEMS));
        let mut agent_ids = Vec::new();
        let mut items = query.into_paginator().items().send();
        while let Some(item) = items.next().await {
            let item = item.map_err(StoreError::call("Query"))?;
            agent_ids.extend(decode(&item).ok_or(UNREADABLE)?);
        }
        // A missing id would be a lost agent.
        if agent_ids.len() as u64 == plan.agents {
            Ok(agent_ids)
        } else {
            Err(UNREADABLE)
        }
    }
}

const UNREADABLE: StoreError = StoreError::Item {
    what: "snapshot of a plan",
};

fn part(plan_id: &str, number: usize) -> AttributeValue {
    text(&format!("snapshot#{plan_id}#{number:06}"))
}

/// The first id, and the difference from each to the next: a byte or two where ids are dense. They are sorted.
fn encode(agent_ids: &[AgentId]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(2 * agent_ids.len());
    let mut last = 0;
    for agent_id in agent_ids {
        bytes.extend((agent_id.get() - last).encode_var_vec());
        last = agent_id.get();
    }
    bytes
}

fn decode(item: &Item) -> Option<Vec<AgentId>> {
    let mut bytes = item.get("agent_ids")?.as_b().ok()?.as_ref();
    let (mut agent_ids, mut last) = (Vec::new(), 0_u64);
    while !bytes.is_empty() {
        let (step, length) = u64::decode_var(bytes).filter(|(step, _)| *step > 0)?;
        last = last.checked_add(step)?;
        agent_ids.push(AgentId::new(last)?);
        bytes = &bytes[length..];
    }
    Some(agent_ids)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;
    use domain::ids::MAX_ID;

    fn item(bytes: Vec<u8>) -> Item {
        Item::from([("agent_ids".to_owned(), AttributeValue::B(Blob::new(bytes)))])
    }

    proptest! {
        #[test]
        fn a_stored_snapshot_is_read_again(ids in prop::collection::btree_set(1..=MAX_ID, 0..200)) {
            let ids: Vec<AgentId> = ids.into_iter().filter_map(AgentId::new).collect();
            prop_assert_eq!(decode(&item(encode(&ids))), Some(ids));
        }

        #[test]
        fn damaged_bytes_are_never_read_as_ids_out_of_order(
            bytes in prop::collection::vec(any::<u8>(), 0..50)
        ) {
            if let Some(ids) = decode(&item(bytes)) {
                let distinct: BTreeSet<AgentId> = ids.iter().copied().collect();
                prop_assert!(distinct.into_iter().eq(ids));
            }
        }
    }

    #[test]
    fn neighbouring_ids_take_one_byte_and_the_largest_eight() {
        let neighbours: Vec<AgentId> = (1..=1_000).filter_map(AgentId::new).collect();
        assert_eq!(encode(&neighbours).len(), 1_000);
        assert_eq!(encode(&[AgentId::new(MAX_ID).unwrap()]).len(), 8);
    }
}
