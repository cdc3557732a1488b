//! Tenants with the same ids: none sees or changes the agents of another.

use serde_json::json;
use tests::{TestStack, agent};

#[tokio::test]
async fn the_same_ids_of_another_tenant_are_not_touched() {
    let stack = TestStack::start().await;
    for tenant in ["acme", "globex"] {
        stack
            .add(
                tenant,
                &[agent(1, "lunch", &[7]), agent(2, "In-call", &[7])],
            )
            .await;
    }
    let before = (
        stack.state("globex", 1).await,
        stack.state("globex", 2).await,
    );
    for body in [
        json!({ "agent_ids": [1, 2] }),
        json!({ "team_ids": [7] }),
        json!({ "ip_addrs": ["0.0.0.0/0"] }),
    ] {
        stack.post_force_logout("acme", &body).await;
    }
    assert_eq!(stack.status("acme", 1).await, "Offline");
    assert_eq!(
        (
            stack.state("globex", 1).await,
            stack.state("globex", 2).await
        ),
        before
    );
}

#[tokio::test]
async fn agents_of_another_tenant_and_missing_agents_get_the_same_answer() {
    let stack = TestStack::start().await;
    stack.add("globex", &[agent(1, "lunch", &[7])]).await;
    let missing = stack
        .post_force_logout("acme", &json!({ "agent_ids": [999] }))
        .await;
    for body in [
        json!({ "agent_ids": [1] }),
        json!({ "team_ids": [7] }),
        json!({ "team_ids": [999] }),
        json!({ "ip_addrs": ["10.0.0.1"] }),
        json!({ "ip_addrs": ["192.0.2.1"] }),
    ] {
        assert_eq!(
            stack.post_force_logout("acme", &body).await,
            missing,
            "{body}"
        );
    }
    assert_eq!(stack.status("globex", 1).await, "lunch");
}

#[tokio::test]
async fn tenants_whose_names_begin_alike_are_separate() {
    let stack = TestStack::start().await;
    stack.add("acme-2", &[agent(1, "lunch", &[7])]).await;
    let everything =
        json!({ "agent_ids": [1], "team_ids": [7], "ip_addrs": ["0.0.0.0/0", "::/0"] });
    assert_eq!(
        stack.post_force_logout("acme", &everything).await.status,
        400
    );
    assert_eq!(stack.status("acme-2", 1).await, "lunch");
}
