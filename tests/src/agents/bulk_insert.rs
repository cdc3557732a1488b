//! Many agents, inserted into the database without its API, which takes a tenth of the time.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use domain::agents::RosterAgent;
use domain::tenant::Tenant;
use dynoxide::{Database, ImportOptions};
use serde_json::{Value, json};
use store::ip_sort_key;

/// How many are in memory at once.
const BATCH: usize = 10_000;

/// Adds agents of a tenant and their memberships to the service's tables, which must exist.
pub fn add(database: &Database, tenant: &Tenant, agents: impl Iterator<Item = RosterAgent>) {
    for_batches(agents, |batch| {
        let items = batch.iter().map(|agent| item(tenant, agent));
        import(database, "agents", items);
        let memberships = batch.iter().flat_map(|agent| memberships(tenant, agent));
        import(database, "team-members", memberships);
    });
}

/// Adds agents of a tenant to another table than the service's.
pub fn add_to(
    database: &Database,
    table: &str,
    tenant: &Tenant,
    agents: impl Iterator<Item = RosterAgent>,
) {
    for_batches(agents, |batch| {
        let items = batch.iter().map(|agent| item(tenant, agent));
        import(database, table, items);
    });
}

fn for_batches(agents: impl Iterator<Item = RosterAgent>, mut take: impl FnMut(&[RosterAgent])) {
    let mut agents = agents.peekable();
    while agents.peek().is_some() {
        let batch: Vec<RosterAgent> = agents.by_ref().take(BATCH).collect();
        take(&batch);
    }
}

fn import(database: &Database, table: &str, items: impl Iterator<Item = Value>) {
    let items = items.map(|item| serde_json::from_value(item).unwrap());
    let options = ImportOptions::default();
    let imported = database.import_items(table, items.collect(), options);
    imported.unwrap();
}

/// The same item that the service writes; a test compares them.
fn item(tenant: &Tenant, agent: &RosterAgent) -> Value {
    let mut item = json!({
        "agent_key": { "S": format!("{tenant}#{}", agent.agent_id) },
        "tenant": { "S": tenant.as_str() },
        "agent_id": { "N": agent.agent_id.to_string() },
        "agent_name": { "S": agent.profile.name },
        "email": { "S": agent.profile.email },
        "agent_number": { "S": agent.profile.agent_number },
        "agent_status": { "S": agent.status.as_str() },
        "reported_status": { "S": agent.status.as_str() },
    });
    if !agent.team_ids.is_empty() {
        let teams: Vec<String> = agent.team_ids.iter().map(ToString::to_string).collect();
        item["team_ids"] = json!({ "NS": teams });
    }
    if let Some(sign_in) = agent.last_sign_in {
        let ip = BASE64_STANDARD.encode(sign_in.address.map_or(vec![0], ip_sort_key));
        item["ip"] = json!({ "B": ip });
        item["online_since"] = json!({ "N": sign_in.session.epoch_ms().to_string() });
    }
    item
}

fn memberships(tenant: &Tenant, agent: &RosterAgent) -> impl Iterator<Item = Value> {
    agent.team_ids.iter().map(move |team_id| {
        json!({
            "team_key": { "S": format!("{tenant}#{team_id}") },
            "agent_id": { "N": agent.agent_id.to_string() },
        })
    })
}
