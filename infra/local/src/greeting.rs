//! What is printed when the stack serves: where, and commands to paste.

use std::fmt::Write;
use std::net::IpAddr;

use logout::agent::RosterAgent;
use logout::http::FORCE_LOGOUT_PATH;
use logout::tenant::Tenant;
use serde_json::{Value, json};

use crate::stack::Stack;

/// The `ready:` line, and commands that log somebody out by agent, team and address.
#[must_use]
pub fn of(stack: &Stack) -> String {
    let mut text = format!("ready: http://{}\n", stack.address);
    let agents: usize = stack.roster.values().map(Vec::len).sum();
    let state = if stack.resumed {
        "the data folder's database as it was left; no agents were loaded".to_owned()
    } else {
        format!("{agents} agents of {} tenants", stack.roster.len())
    };
    let _ = writeln!(
        text,
        "DynamoDB: http://{} ({state})",
        stack.dynamodb_address
    );
    if let Some((tenant, agents)) = stack.roster.first_key_value() {
        let _ = writeln!(
            text,
            "\nLog out an agent, a team, everybody at an office (tenant {tenant}):\n"
        );
        for body in bodies(agents) {
            let _ = writeln!(text, "{}\n", curl(stack, tenant, &body));
        }
    }
    text.push_str("Ctrl-C stops it.");
    text
}

/// A request body by id, by team and by address, each of them for somebody who is online; if it can be, somebody idle
/// for the first, and a team with a busy member for the second.
fn bodies(agents: &[RosterAgent]) -> Vec<Value> {
    let online: Vec<&RosterAgent> = agents
        .iter()
        .filter(|agent| !agent.status.is_offline())
        .collect();
    let (busy, idle): (Vec<&RosterAgent>, _) =
        online.iter().partition(|agent| agent.status.is_busy());

    let by_id = idle
        .iter()
        .chain(&busy)
        .next()
        .map(|agent| json!({ "agent_ids": [agent.agent_id] }));
    let team_id = busy
        .iter()
        .chain(&idle)
        .find_map(|agent| agent.team_ids.first());
    let by_team = team_id.map(|team_id| json!({ "team_ids": [team_id] }));
    let address = online
        .iter()
        .rev()
        .find_map(|agent| agent.seen)
        .map(|(address, _)| address);
    let by_address = address.map(|address| json!({ "ip_addrs": [office(address)] }));
    [by_id, by_team, by_address].into_iter().flatten().collect()
}

/// The block that an office would have round an address.
fn office(address: IpAddr) -> String {
    let prefix_length = if address.is_ipv4() { 24 } else { 64 };
    format!("{address}/{prefix_length}")
}

fn curl(stack: &Stack, tenant: &Tenant, body: &Value) -> String {
    format!(
        "curl -u {tenant}:{tenant}.local -H 'Content-Type: application/json' -d '{body}' http://{}{FORCE_LOGOUT_PATH}",
        stack.address
    )
}
