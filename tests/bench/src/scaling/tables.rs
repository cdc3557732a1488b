//! The tables of docs/scaling.md.

use ledger::{Cost, Event, Selector};

use super::limits::{
    ALL, Limit, MESSAGES_PER_BATCH, NEW_TABLE_READS, NEW_TABLE_WRITES, PARTITION_READS,
    PARTITION_WRITES, TABLE_WRITES,
};
use super::{Counted, Settings, prices};
use crate::document::{table, whole};

/// The jobs that are computed, in agents.
const SIZES: [u32; 3] = [10_000, 100_000, 1_000_000];
/// What the agents table may take a second: new, warmed to the default quota, and with a quota that was raised.
const AGENTS_TABLE: [f64; 3] = [NEW_TABLE_WRITES.value, TABLE_WRITES.value, 100_000.0];
const CONCURRENCIES: [f64; 5] = [50.0, 100.0, 200.0, 500.0, 1_000.0];

/// Published limits.
pub fn limits() -> String {
    let row = |limit: Limit| {
        let value = format!("{} {}", whole(limit.value), limit.unit);
        [limit.what.to_owned(), value, limit.source.to_owned()]
    };
    table("limit |  | page of AWS", ALL.map(row))
}

/// What a job meets.
struct Bound {
    what: &'static str,
    /// Of a unit, a second.
    per_second: f64,
    /// Of the unit, for an agent.
    per_agent: f64,
}

impl Bound {
    fn agents_per_second(&self) -> f64 {
        self.per_second / self.per_agent
    }

    fn seconds(&self, agents: u32) -> f64 {
        f64::from(agents) / self.agents_per_second()
    }
}

/// Whatever the agents table takes.
fn bounds(counted: &Counted, settings: &Settings) -> [Bound; 4] {
    [
        Bound {
            what: "writes of the job's partition in `jobs`",
            per_second: PARTITION_WRITES.value,
            per_agent: counted.per_agent(|cost| cost.calls_of("UpdateItem")),
        },
        Bound {
            what: "messages to invocations of `logout-worker`",
            per_second: settings.messages_per_second(),
            per_agent: 1.0 / settings.agents_per_chunk,
        },
        Bound {
            what: "reads of the team's partition in `team-members`",
            per_second: PARTITION_READS.value,
            per_agent: counted.look_up_reads_per_agent(Selector::Team),
        },
        Bound {
            what: "reads of the tenant's partition in `by-ip`",
            per_second: PARTITION_READS.value,
            per_agent: counted.look_up_reads_per_agent(Selector::Address),
        },
    ]
}

fn agents_table(what: &'static str, per_second: f64, per_agent: f64) -> Bound {
    Bound {
        what,
        per_second,
        per_agent,
    }
}

/// How many agents a second each limit allows, and how long a job takes by it alone.
pub fn jobs(counted: &Counted, settings: &Settings) -> String {
    let at_once = counted.log_out(Selector::Id, 100);
    let (writes, reads) = (at_once.table_writes / 100.0, at_once.reads / 100.0);
    let (new, quota) = (
        "writes of `agents`, new",
        "writes of `agents`, default quota",
    );
    let of_agents_table = [
        agents_table(new, NEW_TABLE_WRITES.value, writes),
        agents_table("reads of `agents`, new", NEW_TABLE_READS.value, reads),
        agents_table(quota, TABLE_WRITES.value, writes),
    ];
    let row = |bound: Bound| {
        let [first, second, third] = SIZES.map(|agents| duration(bound.seconds(agents)));
        [
            bound.what.to_owned(),
            whole(bound.per_second),
            significant(bound.per_agent),
            whole(bound.agents_per_second()),
            first,
            second,
            third,
        ]
    };
    let header =
        "limit | a second | for an agent | agents a second | 10,000 agents | 100,000 | 1,000,000";
    let bounds = of_agents_table.into_iter().chain(bounds(counted, settings));
    table(header, bounds.map(row))
}

/// Which limit binds, by what the agents table takes.
pub fn what_binds(counted: &Counted, settings: &Settings) -> String {
    let writes = counted.log_out(Selector::Id, 100).table_writes / 100.0;
    let row = |per_second| {
        let mut all = vec![agents_table("writes of `agents`", per_second, writes)];
        all.extend(bounds(counted, settings));
        let slowest = |one: &Bound, other: &Bound| {
            one.agents_per_second()
                .total_cmp(&other.agents_per_second())
        };
        let bound = all.into_iter().min_by(slowest).expect("there are five");
        let taken = settings.agents_in_batches(settings.worker_max_concurrency);
        let [_, second, third] = SIZES.map(|agents| duration(bound.seconds(agents)));
        [
            whole(per_second),
            bound.what.to_owned(),
            whole(bound.agents_per_second()),
            second,
            third,
            duration(taken / bound.agents_per_second()),
        ]
    };
    let header = "writes of `agents` | binds | agents a second | 100,000 agents | 1,000,000 | a batch may take";
    table(header, AGENTS_TABLE.map(row))
}

/// How long an agent waits for a write, by how many are in flight.
pub fn waits(settings: &Settings) -> String {
    let row = |concurrency| {
        let in_flight = settings.agents_in_flight(concurrency);
        [
            whole(concurrency),
            whole(in_flight),
            duration(in_flight / NEW_TABLE_WRITES.value),
            duration(in_flight / TABLE_WRITES.value),
        ]
    };
    let header = "`WorkerMaxConcurrency` | agents in flight | mean wait, new table | default quota";
    table(header, CONCURRENCIES.map(row))
}

/// Requests a second that are answered at once.
pub fn requests(counted: &Counted, settings: &Settings) -> String {
    let row = |agents| {
        let by_id = counted.log_out(Selector::Id, agents);
        let query = counted.log_out(Selector::Address, agents).reads - by_id.reads;
        let of_table = NEW_TABLE_WRITES.value / by_id.table_writes;
        let most = of_table.min(settings.api_requests_per_second);
        [
            agents.to_string(),
            by_id.table_writes.to_string(),
            query.to_string(),
            whole(of_table),
            whole(TABLE_WRITES.value / by_id.table_writes),
            whole(PARTITION_READS.value / query),
            whole(most),
        ]
    };
    let header = "agents in a request | write units | read units in `by-ip` | `agents`, new | `agents`, default quota | \
                  partition in `by-ip` | new, with `ApiRequestsPerSecond`";
    table(header, [1, 25, 100].map(row))
}

/// Presence events a second.
pub fn events(counted: &Counted, settings: &Settings) -> String {
    let row = |event: Event| {
        let cost = counted.event(event);
        let of_table = NEW_TABLE_WRITES.value / cost.table_writes;
        let of_index = PARTITION_WRITES.value / cost.index_writes;
        let of_invocations = settings.messages_per_second();
        let most = of_table.min(of_index).min(of_invocations);
        let in_flight = settings.worker_max_concurrency * MESSAGES_PER_BATCH.value;
        [
            event.to_string(),
            cost.table_writes.to_string(),
            cost.index_writes.to_string(),
            whole(of_table),
            if of_index.is_finite() {
                whole(of_index)
            } else {
                "-".to_owned()
            },
            whole(of_invocations),
            duration(in_flight / most),
        ]
    };
    let header = "event | table write units | index write units | `agents`, new | partition in `by-ip` | invocations | \
                  a batch may take";
    table(header, Event::ALL.map(row))
}

/// What a job costs.
pub fn cost(counted: &Counted, settings: &Settings) -> String {
    let lines = |agents: u32| {
        let job = |figure: fn(&Cost) -> f64| counted.job(agents, figure);
        let messages = 1.0 + (f64::from(agents) / settings.agents_per_chunk).ceil();
        let batches = (messages / MESSAGES_PER_BATCH.value).ceil();
        let sent = job(|cost| cost.calls_of("SendMessageBatch")).ceil();
        let seconds = f64::from(agents) / TABLE_WRITES.value;
        let gb_seconds = seconds * settings.worker_max_concurrency * settings.memory_gb;
        [
            (
                "DynamoDB write request units",
                job(|cost| cost.table_writes),
                prices::WRITE_UNIT,
            ),
            (
                "DynamoDB read request units",
                job(|cost| cost.reads),
                prices::READ_UNIT,
            ),
            ("SQS requests", sent + 2.0 * batches, prices::SQS_REQUEST),
            ("Lambda invocations", batches, prices::INVOCATION),
            ("Lambda GB-s, at most", gb_seconds, prices::GB_SECOND),
        ]
    };
    let [small, large] = [100_000, 1_000_000].map(lines);
    let cell =
        |(_, count, price): (&str, f64, f64)| format!("{:.4} ({})", count * price, whole(count));
    let mut rows: Vec<[String; 3]> = Vec::new();
    for (small, large) in small.into_iter().zip(large) {
        rows.push([small.0.to_owned(), cell(small), cell(large)]);
    }
    let dollars =
        |lines: [(&str, f64, f64); 5]| -> f64 { lines.iter().map(|line| line.1 * line.2).sum() };
    let totals = [small, large].map(|lines| format!("{:.2}", dollars(lines)));
    let [small, large] = totals;
    rows.push(["together".to_owned(), small, large]);
    table("$ (how many) | 100,000 agents | 1,000,000 agents", rows)
}

/// As few decimals as change it by less than half a percent.
fn significant(number: f64) -> String {
    let texts = (0..6).map(|decimals| format!("{number:.decimals$}"));
    let is_close = |text: &String| {
        let rounded: f64 = text.parse().unwrap_or(f64::NAN);
        (rounded - number).abs() <= number / 200.0
    };
    let mut texts = texts.filter(is_close);
    texts.next().unwrap_or_else(|| number.to_string())
}

/// Up to two minutes in seconds.
fn duration(seconds: f64) -> String {
    if seconds <= 120.0 {
        format!("{} s", significant(seconds))
    } else {
        format!("{:.1} min", seconds / 60.0)
    }
}
