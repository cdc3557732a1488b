//! What requests that are answered at once cost, in calls and capacity units. `docs/architecture.md` has the goals.

use std::collections::BTreeMap;

use domain::agents::RosterAgent;
use serde_json::{Value, json};
use tests::meter::Meter;
use tests::{TestStack, agent, agent_at};

/// What it costs to log out `count` idle agents, for a caller whose token is remembered.
async fn cost(count: u32, body: &Value) -> Meter {
    let stack = TestStack::start().await;
    let agents: Vec<_> = (1..=count)
        .map(|id| agent_at(id.into(), "Available", &[7], &format!("10.0.0.{id}")))
        .collect();
    stack.add("acme", &agents).await;
    let missing = json!({ "agent_ids": [999] });
    stack.post_force_logout("acme", &missing).await;
    let _ = stack.aws_calls.take_meter();
    let answer = stack.post_force_logout("acme", body).await;
    assert_eq!(
        (answer.status, answer.json().as_array().unwrap().len()),
        (200, count as usize)
    );
    stack.aws_calls.take_meter()
}

/// `BatchExecuteStatement` takes 25 members.
fn batches(count: u32) -> usize {
    count.div_ceil(25) as usize
}

fn assert_writes(meter: &Meter, count: u32) {
    let close = |units: f64, expected: f64| (units - expected).abs() < 1e-9;
    assert_eq!(meter.count("BatchExecuteStatement"), batches(count));
    assert!(
        close(meter.table_units("BatchExecuteStatement"), f64::from(count)),
        "one write unit for each agent"
    );
    assert!(
        close(meter.index_units("BatchExecuteStatement"), 0.0),
        "no index write units"
    );
    assert!(
        close(meter.table_units("BatchGetItem"), f64::from(count) / 2.0),
        "half a read unit for each agent"
    );
}

#[tokio::test]
async fn by_id_costs_one_read_then_parallel_writes() {
    for count in [1, 25, 26, 100] {
        let meter = cost(
            count,
            &json!({ "agent_ids": (1..=count).collect::<Vec<_>>() }),
        )
        .await;
        assert_eq!(meter.sequential_round_trips(), 2, "{count}");
        assert_eq!(meter.calls.len(), 1 + batches(count), "{count}");
        assert_writes(&meter, count);
    }
}

#[tokio::test]
async fn by_team_or_address_costs_one_query_more() {
    for count in [1, 25, 26, 100] {
        for body in [
            json!({ "team_ids": [7] }),
            json!({ "ip_addrs": ["10.0.0.0/24"] }),
        ] {
            let meter = cost(count, &body).await;
            assert_eq!(meter.sequential_round_trips(), 3, "{body}");
            assert_eq!(meter.calls.len(), 2 + batches(count), "{body}");
            assert_writes(&meter, count);
        }
    }
}

#[tokio::test]
async fn several_look_ups_are_made_in_parallel() {
    let teams: Vec<u64> = (1..=14).collect();
    let body = json!({ "team_ids": teams, "ip_addrs": ["10.0.0.0/24", "2001:db8::/32"] });
    let meter = cost(30, &body).await;
    assert_eq!(
        (meter.count("Query"), meter.sequential_round_trips()),
        (16, 3)
    );
}

#[tokio::test]
async fn a_thousand_overlapping_ranges_cost_one_query() {
    let ranges: Vec<String> = (0..1_000)
        .map(|n| format!("10.0.0.{}-10.0.{}.255", n % 250, n % 200))
        .collect();
    let meter = cost(50, &json!({ "ip_addrs": ranges })).await;
    assert_eq!(meter.count("Query"), 1);
}

#[tokio::test]
async fn authentication_costs_one_read() {
    let stack = TestStack::start().await;
    stack.add("acme", &[agent(1, "lunch", &[])]).await;
    stack
        .post_force_logout("acme", &json!({ "agent_ids": [1] }))
        .await;
    let meter = stack.aws_calls.take_meter();
    assert_eq!(
        (meter.count("GetItem"), meter.sequential_round_trips()),
        (1, 3)
    );
}

#[tokio::test]
async fn deferring_a_busy_agent_costs_one_write_unit() {
    let stack = TestStack::start().await;
    stack.add("acme", &[agent(1, "In-call", &[])]).await;
    stack
        .post_force_logout("acme", &json!({ "agent_ids": [1] }))
        .await;
    let meter = stack.aws_calls.take_meter();
    assert!((meter.table_units("BatchExecuteStatement") - 1.0).abs() < 1e-9);
    assert!(meter.index_units("BatchExecuteStatement").abs() < 1e-9);
}

/// The ledger and the benchmark rely on this.
#[tokio::test]
async fn bulk_inserted_agents_are_items_as_the_service_writes_them() {
    let stack = TestStack::start().await;
    let agents = [
        agent_at(1, "lunch", &[7, 8], "10.0.0.1"),
        agent_at(2, "In-call", &[], "2001:db8::1"),
        RosterAgent {
            last_sign_in: None,
            ..agent(3, "Offline", &[])
        },
    ];
    stack.add("acme", &agents).await;
    let table = async |table: &str| {
        let scan = stack.dynamodb.scan().table_name(table).send().await;
        let items = scan.unwrap().items.unwrap().into_iter();
        let mut items: Vec<BTreeMap<_, _>> = items.map(BTreeMap::from_iter).collect();
        items.sort_by_key(|item| format!("{item:?}"));
        items
    };
    let written = [table("agents").await, table("team-members").await];
    assert_eq!((written[0].len(), written[1].len()), (3, 2));
    for (items, table, keys) in [
        (&written[0], "agents", vec!["agent_key"]),
        (&written[1], "team-members", vec!["team_key", "agent_id"]),
    ] {
        for item in items {
            let mut delete = stack.dynamodb.delete_item().table_name(table);
            for key in &keys {
                delete = delete.key(*key, item[*key].clone());
            }
            delete.send().await.unwrap();
        }
    }
    stack.bulk_insert("acme", agents.into_iter());
    assert_eq!(
        [table("agents").await, table("team-members").await],
        written
    );
}
