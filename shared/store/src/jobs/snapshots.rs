//! The snapshot of a job's agents, stored for later deliveries of the plan message: 10,000 agents an item, as differences.

use std::iter::Peekable;
use std::time::Duration;

use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use integer_encoding::VarInt;
use tokio::time::{Instant, sleep_until};

use domain::ids::AgentId;
use domain::jobs::{JobRef, Plan};

use crate::calls::MAX_BATCH_WRITE;
use crate::error::StoreError;
use crate::items::attributes::{Item, text};
use crate::items::job_item::{expires_at, job_key, part_key};
use crate::store::Store;

/// An item holds at most that many agents: 8 bytes each at worst, so that it stays far below the 400 KB that an item may
/// have (Amazon DynamoDB Developer Guide, "Quotas").
const AGENTS_PER_ITEM: usize = 10_000;
/// The items of a job are in one partition, which takes 1,000 write units a second (Amazon DynamoDB Developer Guide,
/// "Partitions and data distribution"). Snapshots of sparse ids have more than that: 8 units for a thousand agents.
const UNITS_PER_SECOND: u32 = 800;
/// The units of a batch, so that those of any second are fewer than the partition takes; at least one item of 80.
const UNITS_PER_BATCH: u32 = 200;
/// What the keys and the other attributes of an item take, in bytes.
const OTHER_BYTES: usize = 256;
/// More items than any snapshot has: those of ten thousand million agents.
const MAX_ITEMS: usize = 999_999;

impl Store {
    /// Stores the agents of a new plan, no faster than one partition takes them. They are not read before the plan is the job's.
    ///
    /// # Errors
    /// DynamoDB refused; a part may be stored then, and expires with the job.
    pub async fn write_snapshot(
        &self,
        job: &JobRef,
        plan: &Plan,
        agent_ids: &[AgentId],
    ) -> Result<(), StoreError> {
        let parts = (0..agent_ids.len().div_ceil(AGENTS_PER_ITEM)).map(|number| {
            let start = number * AGENTS_PER_ITEM;
            let end = agent_ids.len().min(start + AGENTS_PER_ITEM);
            let bytes = encode(&agent_ids[start..end]);
            let units = write_units(bytes.len());
            let mut item = part_key(job, part(&plan.plan_id, number));
            let ids = AttributeValue::B(Blob::new(bytes));
            item.insert("agent_ids".to_owned(), ids);
            item.insert("expires_at".to_owned(), expires_at(job));
            (item, units)
        });
        let mut parts = parts.peekable();
        let (started, mut written) = (Instant::now(), 0);
        while parts.peek().is_some() {
            sleep_until(started + time_to_write(written)).await;
            let (batch, units) = next_batch(&mut parts);
            self.put_batch(&self.tables.jobs, batch).await?;
            written += units;
        }
        Ok(())
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
        for item in self.query_all(&query).await? {
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

/// The next items, as many as a batch may have, and their units.
fn next_batch(parts: &mut Peekable<impl Iterator<Item = (Item, u32)>>) -> (Vec<Item>, u32) {
    let (mut batch, mut units) = (Vec::new(), 0);
    while let Some((item, of_item)) = parts.next_if(|(_, of_item)| {
        batch.is_empty() || units + of_item <= UNITS_PER_BATCH && batch.len() < MAX_BATCH_WRITE
    }) {
        batch.push(item);
        units += of_item;
    }
    (batch, units)
}

/// A write unit is up to 1 KB (Amazon DynamoDB Developer Guide, "Write capacity units").
fn write_units(bytes_of_ids: usize) -> u32 {
    let units = (bytes_of_ids + OTHER_BYTES).div_ceil(1024);
    units.try_into().unwrap_or(u32::MAX)
}

/// How long the partition takes for that many units.
fn time_to_write(units: u32) -> Duration {
    Duration::from_secs(units.into()) / UNITS_PER_SECOND
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

    /// The write units of each batch, for that number of items with that number of bytes of ids.
    fn batches(items: usize, bytes: usize) -> Vec<u32> {
        let parts = (0..items).map(|_| (Item::new(), write_units(bytes)));
        let mut parts = parts.peekable();
        let next = || {
            parts.peek()?;
            Some(next_batch(&mut parts).1)
        };
        std::iter::from_fn(next).collect()
    }

    #[test]
    fn in_any_second_fewer_units_are_written_than_a_partition_takes() {
        // The ids of a million agents, from neighbours to the sparsest.
        for bytes in [10_000, 20_000, 50_000, 80_000] {
            let batches = batches(100, bytes);
            assert_eq!(batches.iter().sum::<u32>(), 100 * write_units(bytes));
            let mut written = 0;
            let times: Vec<(Duration, u32)> = batches
                .into_iter()
                .map(|units| {
                    let at = time_to_write(written);
                    written += units;
                    (at, units)
                })
                .collect();
            for (start, _) in &times {
                let second = *start..*start + Duration::from_secs(1);
                let within = times.iter().filter(|(at, _)| second.contains(at));
                let units: u32 = within.map(|(_, units)| units).sum();
                assert!(units < 1_000, "{units} units of items of {bytes} bytes");
            }
        }
    }

    #[test]
    fn a_small_snapshot_is_one_batch() {
        assert_eq!(batches(5, 10_000).len(), 1);
        assert_eq!(batches(0, 10_000).len(), 0);
    }

    #[test]
    fn neighbouring_ids_take_one_byte_and_the_largest_eight() {
        let neighbours: Vec<AgentId> = (1..=1_000).filter_map(AgentId::new).collect();
        assert_eq!(encode(&neighbours).len(), 1_000);
        assert_eq!(encode(&[AgentId::new(MAX_ID).unwrap()]).len(), 8);
    }
}
