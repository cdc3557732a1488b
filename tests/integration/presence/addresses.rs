//! Sign-ins and their address: none is lost because its address is written in another form, or is not there.

use aws_sdk_dynamodb::types::AttributeValue;
use serde_json::{Value, json};
use tests::presence_messages::{of_agent, signed_in, signed_out};
use tests::test_queue::message;
use tests::{TestStack, agent, captured_log};

use super::events::force_logout;

/// A service whose agent 1, a member of team 7, signed out at ten past seven.
async fn stack_with_offline_agent() -> TestStack {
    let stack = TestStack::start().await;
    stack.add("acme", &[agent(1, "Available", &[7])]).await;
    stack.report(&[signed_out("07:10:00")]).await;
    stack
}

/// A sign-in with other values of these keys; `null` removes the key.
fn signed_in_with(keys: &Value) -> String {
    let mut event: Value = serde_json::from_str(&signed_in("07:20:00", "10.0.0.1")).unwrap();
    for (key, value) in keys.as_object().unwrap() {
        match value {
            Value::Null => event.as_object_mut().unwrap().remove(key),
            value => event
                .as_object_mut()
                .unwrap()
                .insert(key.clone(), value.clone()),
        };
    }
    event.to_string()
}

/// The ids of the agents of the index `by-ip` whose address is not known.
async fn agents_without_address(stack: &TestStack) -> Vec<String> {
    let query = stack
        .dynamodb
        .query()
        .table_name("agents")
        .index_name("by-ip");
    let query = query
        .key_condition_expression("tenant = :tenant AND ip = :unknown")
        .expression_attribute_values(":tenant", AttributeValue::S("acme".to_owned()))
        .expression_attribute_values(":unknown", AttributeValue::B(vec![0].into()));
    let items = query.send().await.unwrap().items.unwrap();
    let keys = items.iter().map(|item| item["agent_key"].as_s().unwrap());
    keys.cloned().collect()
}

#[tokio::test]
async fn an_agent_is_found_at_the_address_that_a_gateway_wrote() {
    for (written, range) in [
        ("34.211.11.7:51008", "34.211.11.7"),
        ("[2001:db8::1]:443", "2001:db8::1"),
        ("for=\"[2001:db8:cafe::17]:4711\"", "2001:db8:cafe::17"),
        ("34.211.11.7, 10.0.0.1", "34.211.11.7"),
        ("::ffff:34.211.11.7", "34.211.11.7"),
    ] {
        let stack = stack_with_offline_agent().await;
        stack.report(&[signed_in("07:20:00", written)]).await;
        let rows = force_logout(&stack, json!({ "ip_addrs": [range] })).await;
        assert_eq!(rows[0]["agent_id"], 1, "{written}: {rows}");
        assert_eq!(rows[0]["current_status"], "Offline", "{written}");
    }
}

#[tokio::test]
async fn an_agent_without_an_address_is_online_and_in_no_range() {
    for ip in [
        Value::Null,
        json!("unknown"),
        json!("office"),
        json!(7),
        json!({}),
    ] {
        for by in [json!({ "agent_ids": [1] }), json!({ "team_ids": [7] })] {
            let stack = stack_with_offline_agent().await;
            stack.report(&[signed_in_with(&json!({ "ip": ip }))]).await;
            assert_eq!(stack.status("acme", 1).await, "Available", "{ip}");
            assert_eq!(agents_without_address(&stack).await, ["acme#1"], "{ip}");

            let everywhere = json!({ "ip_addrs": ["0.0.0.0/0", "::/0", "0.0.0.0", "::"] });
            let answer = force_logout(&stack, everywhere).await;
            assert_eq!(answer["message"], "cannot find any agent by input params");
            let rows = force_logout(&stack, by).await;
            assert_eq!(rows[0]["current_status"], "Offline", "{ip}");
        }
    }
}

#[tokio::test]
async fn an_imported_agent_without_an_address_is_in_no_range_too() {
    let stack = TestStack::start().await;
    let mut imported = agent(1, "Available", &[]);
    imported.last_sign_in.as_mut().unwrap().address = None;
    stack.add("acme", &[imported]).await;
    assert_eq!(agents_without_address(&stack).await, ["acme#1"]);
    let everywhere = json!({ "ip_addrs": ["0.0.0.0/0", "::/0"] });
    let answer = force_logout(&stack, everywhere).await;
    assert_eq!(answer["message"], "cannot find any agent by input params");
}

#[tokio::test]
async fn a_sign_in_without_an_address_ends_the_stay_at_the_last_one() {
    let stack = stack_with_offline_agent().await;
    stack
        .report(&[signed_in_with(&json!({ "ip": null }))])
        .await;
    let answer = force_logout(&stack, json!({ "ip_addrs": ["10.0.0.1"] })).await;
    assert_eq!(answer["message"], "cannot find any agent by input params");
    // Also if the sign-in needs a second write, because of what arrived before it.
    let stack = stack_with_offline_agent().await;
    stack.report_status("07:21:00", "In-call").await;
    stack
        .report(&[signed_in_with(&json!({ "ip": null }))])
        .await;
    assert_eq!(stack.status("acme", 1).await, "In-call");
    assert_eq!(agents_without_address(&stack).await, ["acme#1"]);
}

#[tokio::test]
async fn a_sign_in_without_a_status_is_available() {
    let stack = stack_with_offline_agent().await;
    stack
        .report(&[signed_in_with(&json!({ "status": null }))])
        .await;
    assert_eq!(stack.status("acme", 1).await, "Available");
}

#[tokio::test]
async fn an_event_may_be_two_minutes_ahead_and_no_more() {
    let stack = stack_with_offline_agent().await;
    let ahead = signed_in("08:02:00.001", "10.0.0.1");
    let message = message("two-minutes-ahead", &ahead);
    assert_eq!(
        stack.invoke.presence(vec![message]).await,
        ["two-minutes-ahead"]
    );
    assert_eq!(stack.status("acme", 1).await, "Offline");
    stack.report(&[signed_in("08:02:00", "10.0.0.1")]).await;
    assert_eq!(stack.status("acme", 1).await, "Available");
}

/// The lines of the log about a tenant with this text.
fn logged(tenant: &str, text: &str) -> Vec<String> {
    let log = captured_log::text();
    let tenant = format!("\"tenant\":\"{tenant}\"");
    let lines = log
        .lines()
        .filter(|line| line.contains(&tenant) && line.contains(text));
    lines.map(str::to_owned).collect()
}

#[tokio::test]
async fn unknown_addresses_are_warned_of_once_for_each_tenant_and_counted() {
    let stack = TestStack::start().await;
    for tenant in ["without-address", "also-without-address"] {
        let agents = [1, 2, 3].map(|id| agent(id, "Offline", &[]));
        stack.add(tenant, &agents).await;
        let sign_in = |id, ip: Value| {
            let event = signed_in_with(&json!({ "ip": ip })).replace("acme", tenant);
            message("sign-in", &of_agent(id, &event))
        };
        let batch = vec![sign_in(1, Value::Null), sign_in(2, Value::Null)];
        assert_eq!(stack.invoke.presence(batch).await, [""; 0]);
        let batch = vec![sign_in(3, json!("CanaryOffice")), sign_in(1, Value::Null)];
        assert_eq!(stack.invoke.presence(batch).await, [""; 0]);

        assert_eq!(logged(tenant, "a sign-in has no address").len(), 1);
        assert_eq!(
            logged(tenant, "the address of a sign-in cannot be read").len(),
            1
        );
        let counts = logged(tenant, "sign-ins without a known address");
        assert_eq!(counts.len(), 2, "{counts:?}");
        assert!(counts[0].contains("\"missing\":2,\"unreadable\":0"));
        assert!(counts[1].contains("\"missing\":1,\"unreadable\":1"));
    }
    assert!(!captured_log::text().contains("CanaryOffice"));
}
