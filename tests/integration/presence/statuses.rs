//! Statuses are compared as people mean them, wherever they come from.

use domain::agents::Statuses;
use serde_json::json;
use tests::presence_messages::{signed_in, status_changed};
use tests::{TestStack, agent};

/// What the world writes for `In-call`.
const IN_CALL: [&str; 8] = [
    "In-Call",
    "in-call",
    "IN-CALL",
    "In call",
    "in_call",
    "InCall",
    "In-call ",
    "In\u{2011}call",
];

#[tokio::test]
async fn no_agent_is_logged_out_during_a_call_however_it_is_written() {
    for status in IN_CALL {
        let stack = TestStack::start().await;
        stack.add("acme", &[agent(1, "Available", &[])]).await;
        stack.report_status("07:30:00", status).await;
        assert_eq!(stack.status("acme", 1).await, "In-call", "{status}");
        let answer = stack
            .post_force_logout("acme", &json!({ "agent_ids": [1] }))
            .await;
        assert_eq!(answer.status, 400, "{status}");
        assert_eq!(answer.json()[0]["current_status"], "In-call", "{status}");
        stack.report_status("07:31:00", "Wrap-up").await;
        assert_eq!(stack.status("acme", 1).await, "Offline", "{status}");
    }
}

#[tokio::test]
async fn what_another_writer_has_written_is_recognized_too() {
    for status in IN_CALL {
        let stack = TestStack::start().await;
        stack.add("acme", &[agent(1, "Available", &[])]).await;
        stack.set_status("acme", 1, status).await;
        let answer = stack
            .post_force_logout("acme", &json!({ "agent_ids": [1] }))
            .await;
        assert_eq!(answer.status, 400, "{status}");
        // The record passes the stream's filter, and the agent is recognized as busy.
        let records = stack.stream().read().unwrap().unwrap_or_default();
        assert_eq!(stack.invoke.pending_logouts(records).await, None);
        assert_eq!(stack.status("acme", 1).await, status);
        stack.set_status("acme", 1, "Break").await;
        let answer = stack
            .post_force_logout("acme", &json!({ "agent_ids": [1] }))
            .await;
        assert_eq!(answer.status, 200, "{status}");
    }
}

#[tokio::test]
async fn an_agent_whose_status_reads_offline_is_signed_out() {
    for status in ["offline", "OFFLINE", "Offline ", "off-line"] {
        let stack = TestStack::start().await;
        stack.add("acme", &[agent(1, "Available", &[])]).await;
        stack.report_status("07:30:00", status).await;
        assert_eq!(stack.status("acme", 1).await, "Offline", "{status}");

        // Written by another writer, it keeps later statuses of that session from bringing the agent online.
        stack.report(&[signed_in("07:31:00", "10.0.0.1")]).await;
        stack.set_status("acme", 1, status).await;
        stack.report_status("07:32:00", "Break").await;
        assert_eq!(stack.status("acme", 1).await, "Offline", "{status}");
    }
}

#[tokio::test]
async fn a_status_with_control_characters_is_refused() {
    let stack = TestStack::start().await;
    stack.add("acme", &[agent(1, "Available", &[])]).await;
    for status in ["Bre\nak", "Bre\u{1b}ak", "Bre\u{200b}ak", "Bre\u{202e}ak"] {
        stack
            .presence
            .send(&status_changed("07:30:00", status))
            .await;
        stack.drain_presence().await;
    }
    stack.leaves_messages();
    assert_eq!(stack.status("acme", 1).await, "Available");
}

#[tokio::test]
async fn a_deployment_names_its_own_busy_statuses() {
    let statuses = Statuses::with_busy(["In-call", "On hold"]).unwrap();
    let stack = TestStack::start_with_statuses(statuses).await;
    stack.add("acme", &[agent(1, "In-call", &[])]).await;
    let answer = stack
        .post_force_logout("acme", &json!({ "agent_ids": [1] }))
        .await;
    assert_eq!(answer.status, 400);
    stack.report_status("07:31:00", "on-hold").await;
    assert_eq!(stack.status("acme", 1).await, "On hold");
    assert!(
        stack
            .stream()
            .read()
            .unwrap()
            .unwrap_or_default()
            .is_empty()
    );
    stack.report_status("07:32:00", "In-chat").await;
    assert_eq!(stack.status("acme", 1).await, "Offline");
}
