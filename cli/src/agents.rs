//! `agents list` and `agents show`.

use anyhow::{Context, Result};
use logout::address_range::AddressRange;
use logout::agent::AgentRecord;
use logout::candidates::all_candidates;
use logout::ids::{AgentId, TeamId};
use logout::request::Selectors;
use logout::selection::Selection;
use logout::store::Store;
use logout::tenant::Tenant;
use logout::timestamp::Timestamp;
use serde::Serialize;

use crate::args::{ListAgentsArgs, ShowAgentArgs};
use crate::output::{print, print_json, printable, say, table};
use crate::{connection, database};

/// Lists agents.
pub async fn list(args: &ListAgentsArgs) -> Result<()> {
    let tenant = connection::tenant(&args.tenant)?;
    let store = database::open(&args.database).await?;
    let mut agents = find(&store, &tenant, args).await?;
    let ranges: Result<Vec<AddressRange>, _> = args
        .ip
        .iter()
        .map(|text| AddressRange::parse(text))
        .collect();
    let ranges = ranges?;
    agents.retain(|agent| is_at(agent, &ranges) && has_status(agent, &args.status));
    agents.sort_unstable_by_key(|agent| agent.agent_id);
    if args.json {
        let shown: Vec<Shown> = agents
            .into_iter()
            .map(|agent| Shown::of(&tenant, agent))
            .collect();
        return print_json(&shown);
    }
    if agents.is_empty() {
        say(&format!("{tenant} has no such agents."));
        return Ok(());
    }
    let header = [
        "AGENT",
        "NAME",
        "STATUS",
        "TEAMS",
        "ADDRESS",
        "ONLINE SINCE",
        "LOGOUT",
    ];
    let rows = agents
        .into_iter()
        .map(|agent| Shown::of(&tenant, agent).row());
    print(&table(header, rows))
}

/// Shows one agent.
pub async fn show(args: &ShowAgentArgs) -> Result<()> {
    let tenant = connection::tenant(&args.tenant)?;
    let store = database::open(&args.database).await?;
    let found = store.agent_records(&tenant, &[args.agent]).await;
    let found = found.map_err(|error| database::explain(&error))?.pop();
    let agent = found.with_context(|| format!("{tenant} has no agent {}", args.agent))?;
    let shown = Shown::of(&tenant, agent);
    if args.json {
        print_json(&shown)
    } else {
        print(&shown.lines())
    }
}

/// By team if teams are given, else by address if addresses are, else everybody; filters take care of the rest.
async fn find(store: &Store, tenant: &Tenant, args: &ListAgentsArgs) -> Result<Vec<AgentRecord>> {
    let selectors = Selectors {
        team_ids: args.team.clone(),
        ip_addrs: if args.team.is_empty() {
            args.ip.clone()
        } else {
            Vec::new()
        },
        ..Selectors::default()
    };
    let selection = Selection::of(&selectors)?;
    let found = if selection.look_ups.is_empty() {
        store.all_agents(tenant).await
    } else {
        match all_candidates(store, tenant, &selection).await {
            Ok(agent_ids) => store.agent_records(tenant, &agent_ids).await,
            Err(error) => Err(error),
        }
    };
    found.map_err(|error| database::explain(&error))
}

fn is_at(agent: &AgentRecord, ranges: &[AddressRange]) -> bool {
    let holds = |range: &AddressRange| {
        agent
            .address
            .is_some_and(|address| (range.first()..=range.last()).contains(&address))
    };
    ranges.is_empty() || ranges.iter().any(holds)
}

fn has_status(agent: &AgentRecord, statuses: &[String]) -> bool {
    let status = agent.agent.status.as_str().to_lowercase();
    statuses.is_empty()
        || statuses
            .iter()
            .any(|wanted| wanted.to_lowercase() == status)
}

/// An agent in JSON: what an import reads, and the logouts.
#[derive(Serialize)]
struct Shown {
    tenant: Tenant,
    agent_id: AgentId,
    name: String,
    email: String,
    agent_number: String,
    team_ids: Vec<TeamId>,
    status: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    ip: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    online_since: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pending_logout: Option<Logout>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_logout: Option<Logout>,
}

/// A logout that waits or has happened.
#[derive(Serialize)]
struct Logout {
    request: String,
    at: Option<String>,
}

impl Shown {
    fn of(tenant: &Tenant, record: AgentRecord) -> Self {
        let time = |at: Option<Timestamp>| at.and_then(Timestamp::to_rfc3339);
        let agent = record.agent;
        Self {
            tenant: tenant.clone(),
            agent_id: record.agent_id,
            name: agent.profile.name,
            email: agent.profile.email,
            agent_number: agent.profile.agent_number,
            team_ids: record.team_ids.into_iter().collect(),
            status: agent.status.as_str().to_owned(),
            ip: record.address.map(|address| address.to_string()),
            online_since: time(agent.session),
            pending_logout: agent.pending_logout.map(|pending| Logout {
                request: pending.request.as_str().to_owned(),
                at: time(record.pending_since),
            }),
            last_logout: agent.last_logout.map(|request| Logout {
                request: request.as_str().to_owned(),
                at: time(record.last_logout_at),
            }),
        }
    }

    fn teams(&self) -> String {
        let teams: Vec<String> = self.team_ids.iter().map(ToString::to_string).collect();
        teams.join(" ")
    }

    fn row(self) -> [String; 7] {
        let teams = self.teams();
        let logout = if self.pending_logout.is_some() {
            "pending"
        } else {
            ""
        };
        [
            self.agent_id.to_string(),
            self.name,
            self.status,
            teams,
            self.ip.unwrap_or_default(),
            self.online_since.unwrap_or_default(),
            logout.to_owned(),
        ]
    }

    fn lines(&self) -> String {
        let text = |text: &Option<String>| text.clone().unwrap_or("-".to_owned());
        let logout = |logout: &Option<Logout>| {
            logout.as_ref().map_or("-".to_owned(), |logout| {
                format!("{} (request {})", text(&logout.at), logout.request)
            })
        };
        let lines = [
            ("agent", self.agent_id.to_string()),
            ("name", self.name.clone()),
            ("email", self.email.clone()),
            ("number", self.agent_number.clone()),
            ("teams", self.teams()),
            ("status", self.status.clone()),
            ("address", text(&self.ip)),
            ("online since", text(&self.online_since)),
            ("logout pending since", logout(&self.pending_logout)),
            ("last logged out", logout(&self.last_logout)),
        ];
        let line = |(name, value): (&str, String)| {
            format!("{name:<22}{}", printable(&value))
                .trim_end()
                .to_owned()
        };
        lines.map(line).join("\n")
    }
}
