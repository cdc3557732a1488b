//! What the computation stands on, for docs/scaling.md: published, counted, assumed, left out.

use super::costs::{AGENTS_PER_CHUNK, Assumptions, JobCosts};
use super::deployment::Deployment;
use super::document::{count, duration};
use super::limits::{
    ACCOUNT_CONCURRENCY, ENVIRONMENTS_PER_10_S, EVENT_SOURCE_GROWTH_PER_S, EVENT_SOURCE_MAX,
    EVENT_SOURCE_START, IN_FLIGHT_MESSAGES, MESSAGES_PER_BATCH, NEW_TABLE_WRITE_UNITS_PER_S,
    ONE_CPU_MB, PARTITION_READ_UNITS_PER_S, PARTITION_WRITE_UNITS_PER_S, TABLE_WRITE_UNITS_PER_S,
};
use super::simulation::simulate;
use super::variants::WARM_TABLE;
use crate::document::{Document, Table};

/// The job on which the assumptions are tried.
const TRIED_AGENTS: u32 = 1_000_000;
/// The largest job of the ledger.
const COUNTED_AGENTS: f64 = 100_000.0;

type Field = fn(&mut Assumptions) -> &mut f64;

/// The limits of AWS, with the pages that give them.
pub(super) fn published(document: &mut Document) {
    document.heading("Published");
    document.paragraph(
        "Limits of AWS, each with its page beside its constant in `limits.rs`, and what each allows this service.",
    );
    let costs = JobCosts::CODE;
    let counted = PARTITION_WRITE_UNITS_PER_S / costs.count_write_units_per_chunk;
    let found = PARTITION_READ_UNITS_PER_S / costs.look_up_units_per_agent();
    let saved = PARTITION_WRITE_UNITS_PER_S / costs.snapshot_units_per_agent();
    let per_s = |agents: f64| format!("{} agents/s", count(agents));
    let mut table = Table::new(["limit", "of AWS", "so", "page"]);
    let mut row = |limit: &str, number: String, so: String, page: &str| {
        table.row([limit.to_owned(), number, so, page.to_owned()]);
    };
    let (partition, warm) = (
        "DynamoDB: designing partition keys",
        "DynamoDB: warm throughput",
    );
    row(
        "writes of a partition: counting chunks",
        format!("{}/s", count(PARTITION_WRITE_UNITS_PER_S)),
        per_s(counted * AGENTS_PER_CHUNK),
        partition,
    );
    row(
        "… and the snapshot",
        format!("{}/s", count(PARTITION_WRITE_UNITS_PER_S)),
        per_s(saved),
        partition,
    );
    row(
        "reads of a partition: one team",
        format!("{}/s", count(PARTITION_READ_UNITS_PER_S)),
        per_s(found),
        partition,
    );
    row(
        "writes of a new table",
        format!("{}/s", count(NEW_TABLE_WRITE_UNITS_PER_S)),
        per_s(NEW_TABLE_WRITE_UNITS_PER_S),
        warm,
    );
    row(
        "writes of any table, a quota",
        format!("{}/s", count(TABLE_WRITE_UNITS_PER_S)),
        per_s(TABLE_WRITE_UNITS_PER_S),
        "DynamoDB: quotas",
    );
    row(
        "twice the peak of an on-demand table",
        "within 30 min".to_owned(),
        "doubled then".to_owned(),
        "DynamoDB: on-demand capacity mode",
    );
    let (event_source, lambda) = (
        "Lambda: scaling of SQS event sources",
        "Lambda: scaling behavior, quotas",
    );
    row(
        "invocations by the event source",
        format!(
            "{EVENT_SOURCE_START}, + {EVENT_SOURCE_GROWTH_PER_S}/s, ≤ {}",
            count(EVENT_SOURCE_MAX)
        ),
        "`WorkerMaxConcurrency` caps it".to_owned(),
        event_source,
    );
    row(
        "environments of a function",
        format!("{} every 10 s", count(ENVIRONMENTS_PER_10_S)),
        "never binds".to_owned(),
        lambda,
    );
    row(
        "environments of an account, a quota",
        count(ACCOUNT_CONCURRENCY),
        "shared with all else".to_owned(),
        lambda,
    );
    row(
        "processors of a function",
        format!("1 with {} MB", count(ONE_CPU_MB)),
        format!("{:.2} with 256 MB", Deployment::DEFAULT.cpus()),
        "Lambda: function memory",
    );
    let in_flight = ACCOUNT_CONCURRENCY * MESSAGES_PER_BATCH;
    row(
        "messages in flight",
        count(IN_FLIGHT_MESSAGES),
        format!("never binds: ≤ {}", count(in_flight)),
        "SQS: standard queue quotas",
    );
    document.table(table);
}

/// What the code does.
pub(super) fn counted(document: &mut Document) {
    document.heading("Counted");
    let costs = JobCosts::CODE;
    let totals = costs.of_job(COUNTED_AGENTS);
    document.paragraph(format!(
        "In the code, for idle agents; a test holds the sums for {} agents to the calls and units that were counted \
         (`tests/bench/ledger.jsonl`), within 1 %. A chunk of {AGENTS_PER_CHUNK:.0} agents takes {} calls, {} of them in a row; \
         an agent {} write and {} read units; counting a chunk {} write and {} read units in the job's partition. The snapshot \
         takes {} write units for {} agents ({} byte an id, where ids are dense), finding the members of a team {} bytes each. \
         Together {} calls, {} write units and {} read units.",
        count(COUNTED_AGENTS),
        costs.calls_per_chunk(),
        costs.round_trips_per_chunk,
        costs.write_units_per_agent,
        costs.read_units_per_agent,
        costs.count_write_units_per_chunk,
        costs.count_read_units_per_chunk,
        costs.snapshot_item_units(),
        count(costs.agents_per_snapshot_item),
        costs.snapshot_bytes_per_agent,
        costs.member_bytes,
        count(totals.calls),
        count(totals.write_units),
        count(totals.read_units),
    ));
}

/// What nobody publishes, and what it matters.
pub(super) fn assumed(document: &mut Document) {
    document.heading("Assumed");
    document.paragraph(format!(
        "What nobody publishes. How long {} agents take with a warm table, if an assumption is wrong by half or by twice; so what to measure first is what moves most.",
        count(f64::from(TRIED_AGENTS)),
    ));
    let assumptions: [(&str, Field); 6] = [
        ("a call of DynamoDB", |guess| &mut guess.call_s),
        ("a page of 1 MB", |guess| &mut guess.page_s),
        ("a call of SQS", |guess| &mut guess.sqs_call_s),
        ("processor, a chunk", |guess| &mut guess.chunk_cpu_s),
        ("processor, an agent in a step of planning", |guess| {
            &mut guess.plan_cpu_s
        }),
        ("start", |guess| &mut guess.start_s),
    ];
    let mut table = Table::new(["assumption", "ms", "half", "as assumed", "twice"]);
    for (name, field) in assumptions {
        let seconds = [0.5, 1.0, 2.0].map(|factor| {
            let mut deployment = Deployment::DEFAULT.with(WARM_TABLE);
            *field(&mut deployment.assumptions) *= factor;
            duration(simulate(TRIED_AGENTS, &deployment).seconds)
        });
        let mut guess = Assumptions::GUESS;
        let ms = format!("{}", 1_000.0 * *field(&mut guess));
        table.row([name.to_owned(), ms].into_iter().chain(seconds));
    }
    document.table(table);
}

/// What a reader might look for in vain.
pub(super) fn left_out(document: &mut Document) {
    document.heading("Left out");
    document.paragraph(
        "- Burst capacity, and partitions that DynamoDB splits when they are hot: both make it faster, neither is promised. A \
         table that was busier before, an import say, starts from that.\n\
         - Reads of the agents table: it gives three read units for each write unit, and an agent takes half of one.\n\
         - Agents on a call or chat: two writes each, the second whenever their call ends. Agents who are offline: a read unit \
         more, and no write.\n\
         - Throttled counts. The last limit, a job's partition, only delays chunks here; on AWS the SDK makes a throttled count \
         three times, and then the chunk comes again.\n\
         - An invocation waits for the slowest of its ten chunks; here the place of a chunk is free once it is done.\n\
         - The stream: its event source drops what a logout writes before it becomes an invocation.\n\
         - Other tenants. Messages carry their tenant as message group, and SQS delivers the quiet tenants' first while one has \
         more than a tenth of the messages in flight (Amazon SQS Developer Guide, \"How Amazon SQS fair queues work\"). What they \
         take, the job gets later.\n\
         - Event sources in provisioned mode, which grow three times as fast and may not have a `MaximumConcurrency`.",
    );
}
