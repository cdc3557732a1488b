//! What is printed when the stack serves: where, and commands to paste.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::net::{IpAddr, SocketAddr};

use logout::agent::RosterAgent;
use logout::event_sources::PRESENCE;
use logout::http::{FORCE_LOGOUT_PATH, JOBS_PATH};
use logout::ids::AgentId;
use logout::tenant::Tenant;
use serde_json::{Value, json};

use crate::agents::Loaded;
use crate::api_docs::PAGE_PATH;
use crate::sqs;
use crate::stack::Stack;

/// The `ready:` line, where everything is, and what to do with it.
#[must_use]
pub fn of(stack: &Stack) -> String {
    let mut text = match stack.address {
        Some(address) => format!("ready: http://{address}\n"),
        None => "ready: DynamoDB and SQS, and no functions\n".to_owned(),
    };
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
    match stack.address {
        Some(address) => {
            let _ = writeln!(text, "The API, to read and try: http://{address}{PAGE_PATH}");
            text.push_str(&commands(stack, address));
        }
        None => text.push_str(
            "\nFor the functions, in another shell:\n\ninfra/requirements/with emulated-aws cargo lambda watch -P 9010 --env-file infra/local/env\n\n",
        ),
    }
    text.push_str("Ctrl-C stops it.");
    text
}

/// Commands to paste: they log somebody out by agent, team and address, end a call, and look a job up.
fn commands(stack: &Stack, address: SocketAddr) -> String {
    let mut text = String::new();
    let somebody_online = |agents: &Agents| agents.values().any(is_online);
    let mut tenants = stack.examples.iter();
    let Some((tenant, agents)) = tenants.find(|(_, agents)| somebody_online(agents)) else {
        return text;
    };
    let _ = writeln!(
        text,
        "\nLog out an agent, a team, everybody at an office (tenant {tenant}):\n"
    );
    for body in bodies(agents) {
        let _ = writeln!(text, "{}\n", curl(address, tenant, &body));
    }
    if let Some(agent) = busy_in_a_team(agents) {
        let _ = writeln!(
            text,
            "Agent {} of that team is on a call or chat and has to finish it first. Tell that it is over, and they are out:\n\n{}\n",
            agent.agent_id,
            end_of_call(stack, tenant, agent.agent_id)
        );
    }
    let _ = writeln!(
        text,
        "A request for many becomes a job. Once there is one, this looks it up:\n\n\
         curl -u {tenant}:{tenant}.local http://{address}{JOBS_PATH}1\n"
    );
    text
}

type Agents = BTreeMap<AgentId, RosterAgent>;

fn is_online(agent: &RosterAgent) -> bool {
    !agent.status.is_offline()
}

/// Somebody on a call or chat, for whom a request for their team would wait.
fn busy_in_a_team(agents: &Agents) -> Option<&RosterAgent> {
    let mut agents = agents.values();
    agents.find(|agent| agent.status.is_busy() && !agent.team_ids.is_empty())
}

/// A request body by id, by team and by address, each of them for somebody who is online; if it can be, somebody idle
/// for the first, and a team with a busy member for the second.
fn bodies(agents: &Agents) -> Vec<Value> {
    let online = || agents.values().filter(|agent| is_online(agent));
    let mut idle = online().filter(|agent| !agent.status.is_busy());

    let somebody = idle.next().or_else(|| online().next());
    let by_id = somebody.map(|agent| json!({ "agent_ids": [agent.agent_id] }));
    let mut in_teams = busy_in_a_team(agents).into_iter().chain(online());
    let team_id = in_teams.find_map(|agent| agent.team_ids.first());
    let by_team = team_id.map(|team_id| json!({ "team_ids": [team_id] }));
    let last_sign_in = online().rev().find_map(|agent| agent.last_sign_in);
    let by_address = last_sign_in.map(|sign_in| json!({ "ip_addrs": [office(sign_in.address)] }));
    [by_id, by_team, by_address].into_iter().flatten().collect()
}

/// The block that an office would have round an address.
fn office(address: IpAddr) -> String {
    let prefix_length = if address.is_ipv4() { 24 } else { 64 };
    format!("{address}/{prefix_length}")
}

fn curl(address: SocketAddr, tenant: &Tenant, body: &Value) -> String {
    format!(
        "curl -u {tenant}:{tenant}.local -H 'Content-Type: application/json' -d '{body}' http://{address}{FORCE_LOGOUT_PATH}"
    )
}

/// Sends a presence event of the moment it is pasted in.
fn end_of_call(stack: &Stack, tenant: &Tenant, agent_id: AgentId) -> String {
    const NOW: &str = "'$(date -u +%Y-%m-%dT%H:%M:%SZ)'";
    let event = json!({
        "v": 1,
        "tenant": tenant,
        "agent_id": agent_id,
        "at": NOW,
        "event": "status_changed",
        "status": "Available",
    });
    let queue_url = sqs::queue_url(stack.sqs_address, PRESENCE.name);
    let message = json!({ "QueueUrl": queue_url, "MessageBody": event.to_string() });
    format!(
        "curl -H 'X-Amz-Target: AmazonSQS.SendMessage' -H 'Content-Type: application/x-amz-json-1.0' -d '{message}' http://{}",
        stack.sqs_address
    )
}
