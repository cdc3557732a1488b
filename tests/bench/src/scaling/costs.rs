//! What a job costs: counted in the code and held to the ledger, and assumed where only AWS could tell.

use logout::job::CHUNK_AGENTS;

use super::limits::{MESSAGES_PER_BATCH, QUERY_PAGE_BYTES, READ_UNIT_BYTES, WRITE_UNIT_BYTES};

/// Agents in a chunk.
#[expect(clippy::cast_precision_loss, reason = "it is at most 100")]
pub const AGENTS_PER_CHUNK: f64 = CHUNK_AGENTS as f64;

/// What the code does for a job of idle agents of one team.
#[derive(Clone, Copy, Debug)]
pub struct JobCosts {
    /// Calls of a chunk after each other: a read, the writes side by side, a count.
    pub round_trips_per_chunk: f64,
    /// Calls before what was throttled is tried again: none but that try (`Store::attempt`).
    pub round_trips_per_retry: f64,
    /// Agents that one call logs out.
    pub agents_per_write_call: f64,
    /// Units to log an agent out: one item of less than 1 KB, no index.
    pub write_units_per_agent: f64,
    /// Units to read an agent: one item of less than 4 KB, not consistently.
    pub read_units_per_agent: f64,
    /// Units to count a chunk, all of them in the job's partition.
    pub count_write_units_per_chunk: f64,
    /// Units to read the job's and the progress item with the agents, neither consistently, also there.
    pub count_read_units_per_chunk: f64,
    /// Agents that an item of the snapshot holds.
    pub agents_per_snapshot_item: f64,
    /// Bytes of an agent in it: one where at least every 128th id is meant, two up to every 16,384th, eight at most.
    pub snapshot_bytes_per_agent: f64,
    /// Items of the snapshot that a call writes.
    pub snapshot_items_per_call: f64,
    /// Bytes of a membership in a team, of which the plan reads all: the names of two attributes, a team key of 12
    /// characters, an id (Amazon DynamoDB Developer Guide, "DynamoDB item sizes and formats"). Those of the ledger have shorter
    /// keys and take 26.
    pub member_bytes: f64,
    /// Batches of messages that a plan sends at once.
    pub parallel_sends: f64,
    /// What does not grow with the job: its number, its two items, its plan; looking whether it is a job, and how it stands.
    pub once: Totals,
}

/// What a job takes in all. What Lambda calls SQS for is not in it.
#[derive(Clone, Copy, Debug)]
pub struct Totals {
    /// Calls of DynamoDB and SQS.
    pub calls: f64,
    /// Write units of DynamoDB.
    pub write_units: f64,
    /// Read units of DynamoDB.
    pub read_units: f64,
}

impl JobCosts {
    /// The worker as it is; a test holds it to the ledger.
    pub const CODE: Self = Self {
        round_trips_per_chunk: 3.0,
        round_trips_per_retry: 1.0,
        agents_per_write_call: 25.0,
        write_units_per_agent: 1.0,
        read_units_per_agent: 0.5,
        count_write_units_per_chunk: 1.0,
        count_read_units_per_chunk: 1.0,
        agents_per_snapshot_item: 10_000.0,
        snapshot_bytes_per_agent: 1.0,
        snapshot_items_per_call: 25.0,
        member_bytes: 33.0,
        parallel_sends: 8.0,
        once: Totals {
            calls: 7.0,
            write_units: 4.0,
            read_units: 2.0,
        },
    };

    /// What a job of so many agents takes if nothing is throttled.
    #[must_use]
    pub fn of_job(&self, agents: f64) -> Totals {
        let chunks = (agents / AGENTS_PER_CHUNK).ceil();
        let snapshot_items = (agents / self.agents_per_snapshot_item).ceil();
        let calls = [
            chunks * self.calls_per_chunk(),
            (chunks / MESSAGES_PER_BATCH).ceil(),
            (snapshot_items / self.snapshot_items_per_call).ceil(),
            (agents * self.member_bytes / QUERY_PAGE_BYTES).ceil(),
            self.once.calls,
        ];
        Totals {
            calls: calls.iter().sum(),
            write_units: agents * (self.write_units_per_agent + self.snapshot_units_per_agent())
                + chunks * self.count_write_units_per_chunk
                + self.once.write_units,
            read_units: agents * (self.read_units_per_agent + self.look_up_units_per_agent())
                + chunks * self.count_read_units_per_chunk
                + self.once.read_units,
        }
    }

    /// A read, batches of writes, a count.
    #[must_use]
    pub fn calls_per_chunk(&self) -> f64 {
        2.0 + (AGENTS_PER_CHUNK / self.agents_per_write_call).ceil()
    }

    /// Units to write an item of the snapshot.
    #[must_use]
    pub fn snapshot_item_units(&self) -> f64 {
        (self.agents_per_snapshot_item * self.snapshot_bytes_per_agent / WRITE_UNIT_BYTES).ceil()
    }

    /// Units to write an agent's part of the snapshot.
    #[must_use]
    pub fn snapshot_units_per_agent(&self) -> f64 {
        self.snapshot_item_units() / self.agents_per_snapshot_item
    }

    /// Units to find an agent by team: read consistently.
    #[must_use]
    pub fn look_up_units_per_agent(&self) -> f64 {
        self.member_bytes / READ_UNIT_BYTES
    }

    /// From being throttled to the answer of the next try, on average: `Backoff::AWS` draws evenly from zero to 50 ms, which
    /// doubles with each try up to a second.
    #[must_use]
    pub fn mean_retry_s(&self, tries: u32, call_s: f64) -> f64 {
        let bound_s = 0.050 * f64::from(2_u32.pow(tries.min(5)));
        bound_s.min(1.0) / 2.0 + self.round_trips_per_retry * call_s
    }
}

/// What nobody publishes. Each of them is a guess with its reason; measure yours, and change it here.
#[derive(Clone, Copy, Debug)]
pub struct Assumptions {
    /// A call of DynamoDB: it promises single-digit milliseconds for one item ("What is Amazon DynamoDB?"), and these are
    /// batches.
    pub call_s: f64,
    /// A page of 1 MB.
    pub page_s: f64,
    /// A call of SQS.
    pub sqs_call_s: f64,
    /// Processor time of a chunk on a whole processor. With functions, queue and database on two cores, a chunk took less
    /// than 36 ms altogether, of which the database took most.
    pub chunk_cpu_s: f64,
    /// Processor time of an agent in each of the three steps of planning.
    pub plan_cpu_s: f64,
    /// From the request to the first look-up: accepting, the event source's poll, a cold start.
    pub start_s: f64,
}

impl Assumptions {
    /// The guesses.
    pub const GUESS: Self = Self {
        call_s: 0.010,
        page_s: 0.100,
        sqs_call_s: 0.020,
        chunk_cpu_s: 0.010,
        plan_cpu_s: 0.000_001,
        start_s: 1.0,
    };
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::{Case, Entry, Selector, recorded};

    fn counted(by: Selector, agents: u32) -> crate::ledger::Cost {
        let busy = 0;
        let case = Case::LogOut { by, agents, busy };
        let mut entries = recorded().unwrap().into_iter();
        entries
            .find(|entry| entry.case == case)
            .map(|entry| Entry::whole(&entry))
            .unwrap()
    }

    #[test]
    fn a_job_takes_what_the_ledger_counted() {
        for by in [Selector::Team, Selector::Address] {
            let (counted, computed) = (counted(by, 100_000), JobCosts::CODE.of_job(100_000.0));
            let calls = f64::from(u32::try_from(counted.call_count()).unwrap());
            for (what, counted, computed) in [
                ("calls", calls, computed.calls),
                (
                    "write units",
                    counted.table_writes + counted.index_writes,
                    computed.write_units,
                ),
                ("read units", counted.reads, computed.read_units),
            ] {
                let off = (computed - counted).abs() / counted;
                assert!(
                    off < 0.01,
                    "{by:?}: {computed} {what}, but {counted} were counted"
                );
            }
        }
    }

    #[test]
    fn what_an_agent_does_not_pay_for_is_what_the_ledger_counted() {
        let agents = 100_000;
        let counted = counted(Selector::Team, agents).table_writes - f64::from(agents);
        let costs = JobCosts::CODE;
        let computed = costs.of_job(agents.into()).write_units
            - f64::from(agents) * costs.write_units_per_agent;
        assert!(
            (computed - counted).abs() < 0.01 * counted,
            "{computed}, but {counted} were counted"
        );
    }
}
