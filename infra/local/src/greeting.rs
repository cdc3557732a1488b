//! What is printed when the stack serves: where, and commands to paste.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::net::IpAddr;

use logout::agent::RosterAgent;
use logout::http::{FORCE_LOGOUT_PATH, JOBS_PATH};
use logout::ids::AgentId;
use logout::tenant::Tenant;
use serde_json::{Value, json};

use crate::agents::Loaded;
use crate::stack::Stack;

/// The `ready:` line, and commands that log somebody out by agent, team and address.
#[must_use]
pub fn of(stack: &Stack) -> String {
    let mut text = format!("ready: http://{}\n", stack.address);
    let Loaded { loaded, kept } = stack.loaded;
    let _ = writeln!(
        text,
        "DynamoDB: http://{} ({loaded} agents loaded, {kept} kept as they were)",
        stack.dynamodb_address
    );
    let _ = writeln!(
        text,
        "SQS: http://{} (unfinished jobs that go on: {})",
        stack.sqs_address, stack.resumed_jobs
    );
    let bodies = |(tenant, agents)| (tenant, bodies(agents));
    let mut tenants = stack.examples.iter().map(bodies);
    if let Some((tenant, bodies)) = tenants.find(|(_, bodies)| !bodies.is_empty()) {
        let _ = writeln!(
            text,
            "\nLog out an agent, a team, everybody at an office (tenant {tenant}):\n"
        );
        for body in bodies {
            let _ = writeln!(text, "{}\n", curl(stack, tenant, &body));
        }
        let _ = writeln!(
            text,
            "A request for many becomes a job. Once there is one, this looks it up:\n\n\
             curl -u {tenant}:{tenant}.local http://{}{JOBS_PATH}1\n",
            stack.address
        );
    }
    text.push_str("Ctrl-C stops it.");
    text
}

/// A request body by id, by team and by address, each of them for somebody who is online; if it can be, somebody idle
/// for the first, and a team with a busy member for the second.
fn bodies(agents: &BTreeMap<AgentId, RosterAgent>) -> Vec<Value> {
    let online: Vec<&RosterAgent> = agents
        .values()
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
        .find_map(|agent| agent.last_sign_in)
        .map(|sign_in| sign_in.address);
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
