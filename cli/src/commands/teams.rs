//! `teams`: names teams, and lists the names.

use std::collections::BTreeMap;

use anyhow::Result;
use domain::ids::TeamId;
use domain::tenant::Tenant;
use serde::Serialize;

use crate::arguments::teams::{ImportTeamsArgs, ListTeamsArgs};
use crate::aws::database;
use crate::rosters::team_file;
use crate::settings::tenant::tenant;
use crate::terminal::output::{count, print, print_json, print_notice};
use crate::terminal::table::{Column, table};

/// The columns of the table of teams.
const COLUMNS: [Column; 2] = [Column::whole("TEAM", 0), Column::text("NAME", 1, 8)];

/// A team as shown: the keys of an import.
#[derive(Serialize)]
struct ShownTeam<'a> {
    tenant: &'a Tenant,
    team_id: TeamId,
    name: String,
}

/// Reads the file, checks all of it, and names its teams.
pub async fn import(args: &ImportTeamsArgs) -> Result<()> {
    let teams = team_file::read(&args.file)?;
    let store = database::open(&args.database).await?;
    for (tenant, names) in &teams {
        let put = store.put_team_names(tenant, names).await;
        put.map_err(database::explain)?;
    }
    let named = teams.values().map(BTreeMap::len).sum();
    print(&format!("{} named", count(named, "team")))
}

/// Lists teams.
pub async fn list(args: &ListTeamsArgs) -> Result<()> {
    let tenant = tenant(&args.tenant)?;
    let store = database::open(&args.database).await?;
    let names = store.team_names(&tenant).await;
    let names = names.map_err(database::explain)?;
    if args.json {
        let teams = names.into_iter().map(|(team_id, name)| ShownTeam {
            tenant: &tenant,
            team_id,
            name,
        });
        return print_json(&teams.collect::<Vec<_>>());
    }
    if names.is_empty() {
        print_notice(&format!("No team of {tenant} has a name."));
        return Ok(());
    }
    let rows = names
        .into_iter()
        .map(|(team_id, name)| [team_id.to_string(), name]);
    print(&table(COLUMNS, rows))
}
