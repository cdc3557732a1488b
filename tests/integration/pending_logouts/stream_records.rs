//! Records of the stream that `pending-logouts` gets: the logout after a plain write, repeated records, bad ones.

use std::collections::HashMap;
use std::ops::RangeInclusive;
use std::time::Duration;

use aws_lambda_events::dynamodb::{Event, EventRecord};
use aws_sdk_dynamodb::types::AttributeValue;
use serde_json::json;
use tests::captured_log::assert_logged;
use tests::test_stack::sequence_number;
use tests::{Act, TestStack, agent};

/// A service with agents on a call, from id 1 on, each with a pending logout.
pub async fn stack_with_pending_logouts(agents: u64) -> TestStack {
    let stack = TestStack::start().await;
    let on_a_call: Vec<_> = (1..=agents).map(|id| agent(id, "In-call", &[])).collect();
    stack.add("acme", &on_a_call).await;
    let ids: Vec<u64> = (1..=agents).collect();
    let body = json!({ "agent_ids": ids });
    assert_eq!(stack.post_force_logout("acme", &body).await.status, 400);
    stack
}

/// Ends the calls of these agents by plain writes.
pub async fn end_calls(stack: &TestStack, agent_ids: RangeInclusive<u64>) {
    for agent_id in agent_ids {
        stack.set_status("acme", agent_id, "Break").await;
    }
}

/// A service with the agents 1 to 4, whose calls have ended. The third record of its stream is a poison record: its item has no
/// valid key.
pub async fn stack_with_poison_record() -> TestStack {
    let stack = stack_with_pending_logouts(4).await;
    end_calls(&stack, 1..=2).await;
    let text = |text: &str| AttributeValue::S(text.to_owned());
    let session = AttributeValue::N("1".to_owned());
    let pending = HashMap::from([("online_since".to_owned(), session)]);
    let put = stack.dynamodb.put_item().table_name("agents");
    let put = put
        .item("agent_key", text("nobody"))
        .item("agent_status", text("Break"))
        .item("pending_logout", AttributeValue::M(pending));
    put.send().await.unwrap();
    end_calls(&stack, 3..=4).await;
    stack
}

pub async fn are_offline(stack: &TestStack, agent_ids: RangeInclusive<u64>) -> bool {
    for agent_id in agent_ids {
        if stack.status("acme", agent_id).await != "Offline" {
            return false;
        }
    }
    true
}

async fn deliver(stack: &TestStack, records: &[EventRecord]) -> Option<String> {
    stack.invoke.pending_logouts(records.to_vec()).await
}

#[tokio::test]
async fn a_call_that_a_plain_write_ends_is_followed_by_the_logout() {
    let stack = stack_with_pending_logouts(1).await;
    assert!(stack.records().is_empty(), "the filter drops busy agents");
    let request = stack.state("acme", 1).await["pending"].clone();
    end_calls(&stack, 1..=1).await;
    let _ = stack.aws_calls.take_meter();
    assert_eq!(deliver(&stack, &stack.records()).await, None);
    let calls = stack.aws_calls.take_meter().calls;
    assert_eq!(calls.len(), 1, "a write, and no read");
    let state = stack.state("acme", 1).await;
    assert_eq!(state["status"], "Offline");
    assert_eq!(state["last"], request);
    assert!(state["pending"].is_null());
}

#[tokio::test]
async fn records_that_are_delivered_twice_late_or_out_of_order_act_once() {
    let stack = stack_with_pending_logouts(3).await;
    end_calls(&stack, 1..=3).await;
    // Agent 2 takes the next call before the record is delivered, and agent 3 signs in again.
    stack.set_status("acme", 2, "In-chat").await;
    stack.sign_in_again("acme", 3).await;
    let mut late = stack.records();
    late.reverse();
    for _ in 0..2 {
        assert_eq!(deliver(&stack, &late).await, None);
        let states = stack.states("acme").await;
        assert_eq!(states[&1]["status"], "Offline");
        assert_eq!(states[&2]["status"], "In-chat");
        assert!(states[&2]["pending"].is_string());
        assert_eq!(states[&3]["status"], "Break");
        assert!(states[&3]["pending"].is_null());
        assert!(states[&3]["last"].is_null());
    }
    // An old record does not touch a later session.
    stack.set_status("acme", 1, "Available").await;
    assert_eq!(deliver(&stack, &late).await, None);
    assert_eq!(stack.status("acme", 1).await, "Available");
}

#[tokio::test]
async fn a_pending_logout_that_was_removed_is_not_carried_out() {
    let stack = stack_with_pending_logouts(1).await;
    end_calls(&stack, 1..=1).await;
    let late = stack.records();
    let update = stack.dynamodb.update_item().table_name("agents");
    let update = update.key("agent_key", AttributeValue::S("acme#1".to_owned()));
    let update = update.update_expression("REMOVE pending_logout");
    update.send().await.unwrap();
    assert_eq!(deliver(&stack, &late).await, None);
    assert_eq!(stack.status("acme", 1).await, "Break");
}

#[tokio::test]
async fn a_record_of_a_deleted_agent_succeeds() {
    let stack = stack_with_pending_logouts(1).await;
    end_calls(&stack, 1..=1).await;
    let mut late = stack.records();
    let delete = stack.dynamodb.delete_item().table_name("agents");
    let key = AttributeValue::S("acme#1".to_owned());
    delete.key("agent_key", key).send().await.unwrap();
    let mut deletion = EventRecord::default();
    deletion.event_name = "REMOVE".to_owned();
    late.push(deletion);
    assert_eq!(deliver(&stack, &late).await, None);
    assert!(stack.states("acme").await.is_empty());
}

#[tokio::test]
async fn a_poison_record_is_the_checkpoint_and_the_other_records_are_processed() {
    let stack = stack_with_poison_record().await;
    let batch = stack.records();
    assert_eq!(batch.len(), 5);
    let poison = sequence_number(&batch[2]);
    assert_eq!(deliver(&stack, &batch).await.as_ref(), Some(&poison));
    assert!(are_offline(&stack, 1..=4).await);
    assert_logged(&[&poison, "unreadable"]);
}

#[tokio::test]
async fn of_two_failed_records_the_first_is_the_checkpoint() {
    let stack = stack_with_pending_logouts(4).await;
    end_calls(&stack, 1..=4).await;
    let batch = stack.records();
    stack.aws_calls.script(|call| {
        let body = call.body.to_string();
        if body.contains("acme#2\"") || body.contains("acme#4\"") {
            Act::Refuse("AccessDeniedException")
        } else {
            Act::Forward
        }
    });
    let failed = deliver(&stack, &batch).await;
    assert_eq!(failed, Some(sequence_number(&batch[1])));
    stack.aws_calls.script(|_| Act::Forward);
    assert_eq!(deliver(&stack, &batch[1..]).await, None);
    assert!(are_offline(&stack, 1..=4).await);
}

#[tokio::test]
async fn a_record_that_hangs_does_not_fail_the_others() {
    let stack = stack_with_pending_logouts(2).await;
    end_calls(&stack, 1..=2).await;
    stack.aws_calls.script(|call| {
        if call.body.to_string().contains("acme#1\"") {
            Act::After(Box::pin(std::future::pending()))
        } else {
            Act::Forward
        }
    });
    let mut event = Event::default();
    event.records = stack.records();
    let hanging = sequence_number(&event.records[0]);
    // Work stops two seconds before the deadline, which is a second from now.
    let deadline = stack.clock.now().plus(Duration::from_secs(3));
    let answer = stack.functions.pending_logouts.handle(event, deadline);
    let failures = answer.await.batch_item_failures;
    assert_eq!(failures[0].item_identifier.as_ref(), Some(&hanging));
    assert_logged(&[&hanging, "no time is left"]);
    assert_eq!(stack.status("acme", 2).await, "Offline");
}

#[tokio::test]
async fn without_time_left_only_records_that_need_a_write_fail() {
    let stack = stack_with_pending_logouts(1).await;
    let busy = stack.unfiltered_stream().read().unwrap().unwrap();
    end_calls(&stack, 1..=1).await;
    let ended = stack.records();
    let failed = async |records| {
        let mut event = Event::default();
        event.records = records;
        let function = &stack.functions.pending_logouts;
        let answer = function.handle(event, stack.clock.now()).await;
        answer.batch_item_failures.len()
    };
    assert_eq!(failed(busy).await, 0);
    assert_eq!(failed(ended).await, 1);
    assert_eq!(stack.status("acme", 1).await, "Break");
}
