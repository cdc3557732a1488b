//! What a job costs: counted in the code, and assumed where only AWS could tell.

use logout::job::CHUNK_AGENTS;

use super::limits::{READ_UNIT_BYTES, WRITE_UNIT_BYTES};

/// Agents in a chunk.
#[expect(clippy::cast_precision_loss, reason = "it is at most 100")]
pub const AGENTS_PER_CHUNK: f64 = CHUNK_AGENTS as f64;

/// What the code does for a job of idle agents, as counts.
#[derive(Clone, Copy, Debug)]
pub struct JobCosts {
    /// Calls for a chunk: a read, four batches of at most 25 statements, a count.
    pub calls_per_chunk: f64,
    /// Of these, so many after each other.
    pub round_trips_per_chunk: f64,
    /// So many of them are made again for agents that were throttled: read, write.
    pub round_trips_per_retry: f64,
    /// Units to log an agent out: one item of less than 1 KB, no index.
    pub write_units_per_agent: f64,
    /// Units to read an agent: one item of less than 4 KB, not consistently.
    pub read_units_per_agent: f64,
    /// Units to count a chunk, all of them in the job's partition.
    pub count_write_units_per_chunk: f64,
    /// Units to read the job's and the progress item with the agents, neither consistently, also there.
    pub count_read_units_per_chunk: f64,
    /// An item of the snapshot holds the ids of so many chunks.
    pub chunks_per_snapshot_item: f64,
    /// Bytes of an id in a list: a byte for two digits, of which there are at most eight, a byte for the number, a byte for
    /// the element (Amazon DynamoDB Developer Guide, "DynamoDB item sizes and formats").
    pub snapshot_bytes_per_agent: f64,
    /// Bytes of a membership in a team, of which the plan reads all: the names of two attributes, a team key of 12
    /// characters, an id (the same page).
    pub member_bytes: f64,
    /// Batches of messages that a plan sends at once.
    pub parallel_sends: f64,
    /// A throttled agent is tried so often before its chunk goes back to the queue (`logout::log_out`).
    pub rounds: u32,
}

impl JobCosts {
    /// The worker whose messages carry the agents' ids, and which reads the agents, the job and its progress in one call.
    pub const CODE: Self = Self {
        calls_per_chunk: 6.0,
        round_trips_per_chunk: 3.0,
        round_trips_per_retry: 2.0,
        write_units_per_agent: 1.0,
        read_units_per_agent: 0.5,
        count_write_units_per_chunk: 1.0,
        count_read_units_per_chunk: 1.0,
        chunks_per_snapshot_item: 64.0,
        snapshot_bytes_per_agent: 6.0,
        member_bytes: 33.0,
        parallel_sends: 8.0,
        rounds: 6,
    };

    /// Units to write an item of the snapshot.
    #[must_use]
    pub fn snapshot_item_units(&self) -> f64 {
        let bytes =
            self.chunks_per_snapshot_item * AGENTS_PER_CHUNK * self.snapshot_bytes_per_agent;
        (bytes / WRITE_UNIT_BYTES).ceil()
    }

    /// Units to write an agent's part of the snapshot.
    #[must_use]
    pub fn snapshot_units_per_agent(&self) -> f64 {
        self.snapshot_item_units() / (self.chunks_per_snapshot_item * AGENTS_PER_CHUNK)
    }

    /// Units to find an agent by team: read consistently.
    #[must_use]
    pub fn look_up_units_per_agent(&self) -> f64 {
        self.member_bytes / READ_UNIT_BYTES
    }

    /// Waits before the next round after that one, counted from 0, on average: half of what `Backoff::AWS` bounds them by.
    #[must_use]
    pub fn mean_pause_s(&self, round: u32) -> f64 {
        let bound_s = 0.050 * f64::from(2_u32.pow(round.min(5)));
        bound_s.min(1.0) / 2.0
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
