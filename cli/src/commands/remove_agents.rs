//! `agents remove`: deletes agents and their memberships.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Result, bail, ensure};
use clap::error::ErrorKind;
use domain::ids::AgentId;
use domain::tenant::Tenant;
use serde::Serialize;
use store::operator::{OnlineAgents, Removal};

use super::logout::outcome::list;
use crate::arguments::remove_agents::RemoveAgentsArgs;
use crate::aws::database;
use crate::settings::tenant::tenant;
use crate::terminal::output::{count, print, print_json, print_notice};
use crate::terminal::question::{can_ask, is_confirmed};

/// The result of one agent.
#[derive(Serialize)]
struct AgentRemoval {
    agent_id: AgentId,
    result: &'static str,
}

/// Removes agents, once the operator has confirmed it.
pub async fn run(args: &RemoveAgentsArgs) -> Result<()> {
    let tenant = tenant(&args.tenant)?;
    let agent_ids: BTreeSet<AgentId> = args.agents.iter().copied().collect();
    let agent_ids: Vec<AgentId> = agent_ids.into_iter().collect();
    if !args.yes {
        confirm(&tenant, &agent_ids)?;
    }
    let online = if args.include_online {
        OnlineAgents::Remove
    } else {
        OnlineAgents::Keep
    };
    let store = database::open(&args.database).await?;
    let removals = match store.remove_agents(&tenant, &agent_ids, online).await {
        Ok(removals) => removals,
        Err(error) => {
            let error = database::explain(error);
            bail!("{error:#}; some of the agents may be removed: repeat the command");
        }
    };
    report(&removals, args.json)?;
    let online = with(&removals, Removal::Online);
    ensure!(
        online.is_empty(),
        "not removed, because they are online: {}; log them out first, or use --include-online",
        list(&online)
    );
    Ok(())
}

/// # Errors
/// The operator does not confirm, or there is nobody to ask.
fn confirm(tenant: &Tenant, agent_ids: &[AgentId]) -> Result<()> {
    if !can_ask() {
        let message = "a removal cannot be undone: without a terminal to ask on, it needs --yes\n";
        return Err(clap::Error::raw(ErrorKind::MissingRequiredArgument, message).into());
    }
    let agents = count(agent_ids.len(), "agent");
    let question = format!(
        "This removes {agents} of {tenant}, which cannot be undone: {}. Continue? [y/N]",
        list(agent_ids)
    );
    ensure!(
        is_confirmed(&question)?,
        "not confirmed, so nobody was removed"
    );
    Ok(())
}

fn report(removals: &BTreeMap<AgentId, Removal>, json: bool) -> Result<()> {
    if json {
        let all = removals.iter().map(|(agent_id, removal)| AgentRemoval {
            agent_id: *agent_id,
            result: match removal {
                Removal::Removed => "removed",
                Removal::NotFound => "not_found",
                Removal::Online => "online",
            },
        });
        return print_json(&all.collect::<Vec<_>>());
    }
    let removed = with(removals, Removal::Removed).len();
    print(&format!("{} removed", count(removed, "agent")))?;
    let missing = with(removals, Removal::NotFound);
    if !missing.is_empty() {
        print_notice(&format!("not in the table: {}", list(&missing)));
    }
    Ok(())
}

/// The agents with this result.
fn with(removals: &BTreeMap<AgentId, Removal>, wanted: Removal) -> Vec<AgentId> {
    let agents = removals.iter().filter(|(_, removal)| **removal == wanted);
    agents.map(|(agent_id, _)| *agent_id).collect()
}
