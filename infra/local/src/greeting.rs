//! What is printed once the stack runs: addresses, and commands to paste.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::net::{IpAddr, SocketAddr};

use domain::agents::RosterAgent;
use domain::ids::AgentId;
use domain::tenant::Tenant;
use serde_json::{Value, json};
use wire::http::paths::{FORCE_LOGOUT_PATH, JOBS_PATH};

use crate::http::PAGE_PATH;
use crate::initial_database::Loaded;
use crate::stack::Stack;

/// The `ready:` line, the addresses, and commands to paste.
#[must_use]
pub fn of(stack: &Stack) -> String {
    let mut text = match stack.address {
        Some(address) => format!("ready: http://{address}\n"),
        None => "ready: DynamoDB and SQS, and no functions\n".to_owned(),
    };
    let agents = match stack.loaded {
        Loaded::Now(count) => format!("{count} agents loaded"),
        Loaded::Earlier(count) => {
            format!("none loaded: {count} agents and all tokens left as they are")
        }
    };
    let _ = writeln!(
        text,
        "DynamoDB: http://{} ({agents})",
        stack.dynamodb_address
    );
    let _ = writeln!(
        text,
        "SQS: http://{} (unfinished jobs resumed: {})",
        stack.sqs_address, stack.resumed_jobs
    );
    for warning in &stack.warnings {
        let _ = writeln!(text, "{warning}");
    }
    match stack.address {
        Some(address) => {
            let _ = writeln!(text, "API documentation: http://{address}{PAGE_PATH}");
            text.push_str(&commands(stack, address));
        }
        None => text.push_str(
            "\nTo run the functions, in another shell:\n\ninfra/requirements/with emulated-aws cargo lambda watch -P 9010 --env-file infra/local/env\n\n",
        ),
    }
    text.push_str("Ctrl-C stops it.");
    text
}

/// Commands to paste: they log agents out by id, team and address, end a call, and look a job up.
fn commands(stack: &Stack, address: SocketAddr) -> String {
    let mut text = String::new();
    let has_agent_online = |agents: &Agents| agents.values().any(is_online);
    let mut tenants = stack.examples.iter();
    let Some((tenant, agents)) = tenants.find(|(_, agents)| has_agent_online(agents)) else {
        return text;
    };
    let _ = writeln!(
        text,
        "\nCommands to paste into another shell in this folder. Log out an agent, a team, an office (tenant {tenant}):\n"
    );
    for body in bodies(agents) {
        let _ = writeln!(text, "{}\n", curl(address, tenant, &body));
    }
    if let Some(agent) = busy_in_a_team(agents) {
        let _ = writeln!(
            text,
            "Agent {} of that team finishes their call or chat first. Report that it has ended, and they are logged out:\n\n{}\n",
            agent.agent_id,
            end_of_call(stack, tenant, agent.agent_id)
        );
    }
    let _ = writeln!(
        text,
        "A request for more than {} agents becomes a job. This looks up the first one:\n\n\
         curl -u {tenant}:{tenant}.local http://{address}{JOBS_PATH}1\n",
        stack.sync_limit
    );
    text
}

type Agents = BTreeMap<AgentId, RosterAgent>;

fn is_online(agent: &RosterAgent) -> bool {
    !agent.status.is_offline()
}

/// An agent on a call or chat, whom a request for their team would defer.
fn busy_in_a_team(agents: &Agents) -> Option<&RosterAgent> {
    let mut agents = agents.values();
    agents.find(|agent| agent.status.is_busy() && !agent.team_ids.is_empty())
}

/// A request body by id, by team and by address, each for an agent who is online; if there is one, an idle agent for the
/// first, and a team with a busy member for the second.
fn bodies(agents: &Agents) -> Vec<Value> {
    let online = || agents.values().filter(|agent| is_online(agent));
    let mut idle = online().filter(|agent| !agent.status.is_busy());

    let agent = idle.next().or_else(|| online().next());
    let by_id = agent.map(|agent| json!({ "agent_ids": [agent.agent_id] }));
    let mut in_teams = busy_in_a_team(agents).into_iter().chain(online());
    let team_id = in_teams.find_map(|agent| agent.team_ids.first());
    let by_team = team_id.map(|team_id| json!({ "team_ids": [team_id] }));
    let address = online().rev().find_map(|agent| agent.last_sign_in?.address);
    let by_address = address.map(|address| json!({ "ip_addrs": [office(address)] }));
    [by_id, by_team, by_address].into_iter().flatten().collect()
}

/// The block of addresses that an office with this address would have.
fn office(address: IpAddr) -> String {
    let prefix_length = if address.is_ipv4() { 24 } else { 64 };
    format!("{address}/{prefix_length}")
}

fn curl(address: SocketAddr, tenant: &Tenant, body: &Value) -> String {
    format!(
        "curl -u {tenant}:{tenant}.local -H 'Content-Type: application/json' -d '{body}' http://{address}{FORCE_LOGOUT_PATH}"
    )
}

/// Reports that the call of an agent has ended.
fn end_of_call(stack: &Stack, tenant: &Tenant, agent_id: AgentId) -> String {
    format!(
        "cargo run -q -p cli -- presence send status --tenant {tenant} --agent {agent_id} --status Available \
         --endpoint-url http://{}",
        stack.sqs_address
    )
}
