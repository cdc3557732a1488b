//! `agents list` and `agents show`.

use std::collections::BTreeSet;

use anyhow::{Context, Result};
use domain::agents::AgentDetails;
use domain::ids::{AgentId, TeamId};
use domain::selection::{AddressRange, Selection};
use domain::tenant::Tenant;
use domain::text::comparison_key;
use domain::timestamp::Timestamp;
use futures::{StreamExt, TryStreamExt, stream};
use serde::Serialize;
use store::{Store, StoreError};

use crate::arguments::agents::{ListAgentsArgs, ShowAgentArgs};
use crate::aws::database;
use crate::settings::tenant::tenant;
use crate::terminal::output::{print, print_json, print_notice, printable};
use crate::terminal::table::{Column, table};
use crate::terminal::times::Times;

/// The maximum number of look-ups at the same time.
const MAX_PARALLEL_LOOK_UPS: usize = 16;

/// The columns of the table of agents.
const COLUMNS: [Column; 7] = [
    Column::whole("AGENT", 0),
    Column::text("NAME", 1, 8),
    Column::text("STATUS", 2, 8),
    Column::text("TEAMS", 4, 5),
    Column::text("ADDRESS", 5, 15),
    Column::whole("ONLINE SINCE", 6),
    Column::whole("LOGOUT", 3),
];

/// Lists agents.
pub async fn list(args: &ListAgentsArgs) -> Result<()> {
    let tenant = tenant(&args.tenant)?;
    let store = database::open(&args.database).await?;
    let ranges = args.ip.iter().map(|text| AddressRange::parse(text));
    let ranges: Vec<AddressRange> = ranges.collect::<Result<_, _>>()?;
    let found = find(&store, &tenant, args, &ranges).await;
    let mut agents = found.map_err(database::explain)?;
    agents.retain(|agent| is_at(agent, &ranges) && has_status(agent, &args.status));
    agents.sort_unstable_by_key(|agent| agent.agent_id);
    if args.json {
        let shown: Vec<ShownAgent> = agents
            .into_iter()
            .map(|agent| ShownAgent::new(&tenant, agent, &Times::Utc))
            .collect();
        return print_json(&shown);
    }
    if agents.is_empty() {
        print_notice(&format!("{tenant} has no such agents."));
        return Ok(());
    }
    let times = Times::of(&args.times);
    let rows = agents
        .into_iter()
        .map(|agent| ShownAgent::new(&tenant, agent, &times).row());
    print(&table(COLUMNS, rows))
}

/// Shows one agent.
pub async fn show(args: &ShowAgentArgs) -> Result<()> {
    let tenant = tenant(&args.tenant)?;
    let store = database::open(&args.database).await?;
    let found = store.agent_details(&tenant, &[args.agent]).await;
    let found = found.map_err(database::explain)?.pop();
    let agent = found.with_context(|| format!("{tenant} has no agent {}", args.agent))?;
    if args.json {
        return print_json(&ShownAgent::new(&tenant, agent, &Times::Utc));
    }
    print(&ShownAgent::new(&tenant, agent, &Times::of(&args.times)).lines())
}

/// The agents of the teams if teams are given, else those at the addresses if addresses are, else all; the caller applies
/// the filters.
async fn find(
    store: &Store,
    tenant: &Tenant,
    args: &ListAgentsArgs,
    ranges: &[AddressRange],
) -> Result<Vec<AgentDetails>, StoreError> {
    let ranges = if args.team.is_empty() { ranges } else { &[] };
    let selection = Selection::new([], args.team.iter().copied(), ranges.to_vec());
    if selection.look_ups.is_empty() {
        return store.all_agents(tenant).await;
    }
    let look_ups = selection.look_ups.into_iter();
    let look_ups = look_ups.map(|look_up| store.look_up(tenant, look_up, usize::MAX));
    let found: Vec<Vec<AgentId>> = stream::iter(look_ups)
        .buffer_unordered(MAX_PARALLEL_LOOK_UPS)
        .try_collect()
        .await?;
    let agent_ids: BTreeSet<AgentId> = found.into_iter().flatten().collect();
    let agent_ids: Vec<AgentId> = agent_ids.into_iter().collect();
    store.agent_details(tenant, &agent_ids).await
}

fn is_at(agent: &AgentDetails, ranges: &[AddressRange]) -> bool {
    let holds = |range: &AddressRange| {
        agent
            .address
            .is_some_and(|address| (range.first()..=range.last()).contains(&address))
    };
    ranges.is_empty() || ranges.iter().any(holds)
}

fn has_status(agent: &AgentDetails, statuses: &[String]) -> bool {
    let key = comparison_key(agent.agent.status.as_str());
    let is_key = |wanted: &String| comparison_key(wanted) == key;
    statuses.is_empty() || statuses.iter().any(is_key)
}

/// An agent as shown: the keys of an import, and the logouts.
#[derive(Serialize)]
struct ShownAgent {
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
    pending_logout: Option<ShownLogout>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_logout: Option<ShownLogout>,
}

/// A pending or last logout.
#[derive(Serialize)]
struct ShownLogout {
    request: String,
    at: Option<String>,
}

impl ShownAgent {
    fn new(tenant: &Tenant, record: AgentDetails, times: &Times) -> Self {
        let time = |at: Option<Timestamp>| at.map(|at| times.show(at));
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
            pending_logout: agent.pending_logout.map(|pending| ShownLogout {
                request: pending.request.as_str().to_owned(),
                at: time(record.pending_since),
            }),
            last_logout: agent.last_logout.map(|request| ShownLogout {
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
        let logout = |logout: &Option<ShownLogout>| {
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
