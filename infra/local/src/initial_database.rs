//! The database at the start: as the data folder has it, or with the agents that are loaded now. Nothing is loaded over agents
//! or tokens unless the operator says so, and what is loaded is there as a whole or not at all.

use anyhow::{Context, Result, anyhow};
use domain::agents::Statuses;
use domain::timestamp::Timestamp;
use dynoxide::Database;
use tokio::net::TcpListener;

use crate::args::Args;
use crate::backends::dynamodb;
use crate::data_folder::DataFolder;
use crate::initial_agents::InitialAgents;
use crate::server::Server;

/// What is in the database at the start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Loaded {
    /// This number of agents was loaded.
    Now(usize),
    /// The agents and tokens of the data folder are as they were; this number of agents.
    Earlier(i64),
}

/// Opens the database, and loads the agents if there are none, or if the operator says so.
///
/// # Errors
/// The data folder cannot be used, or the agents cannot be loaded.
pub async fn open(
    args: &Args,
    agents: &InitialAgents,
    statuses: &Statuses,
    now: Timestamp,
) -> Result<(Database, Loaded)> {
    let Some(folder) = &args.data else {
        let database = dynamodb::in_memory()?;
        let loaded = load(&database, agents, statuses, now).await?;
        return Ok((database, loaded));
    };
    let folder = DataFolder::open(folder)?;
    let database = folder.database()?;
    let (agent_count, token_count) = agents_and_tokens(&database)?;
    if agent_count + token_count > 0 && !args.reload_agents {
        return Ok((database, Loaded::Earlier(agent_count)));
    }
    drop(database);
    let draft = folder.draft()?;
    let loaded = load(&draft, agents, statuses, now).await?;
    Ok((folder.replace_by_draft(draft)?, loaded))
}

/// How many agents and tokens there are.
fn agents_and_tokens(database: &Database) -> Result<(i64, i64)> {
    let tables = database
        .table_stats()
        .map_err(|error| anyhow!("cannot read the database: {error}"))?;
    let count = |name: &str| {
        let mut tables = tables.iter();
        let table = tables.find(|table| table.table_name == name);
        table.map_or(0, |table| table.item_count)
    };
    let names = dynamodb::table_names();
    Ok((count(&names.agents), count(&names.api_tokens)))
}

/// Loads the agents before anybody else can reach the database: it is served on a port of its own meanwhile.
async fn load(
    database: &Database,
    agents: &InitialAgents,
    statuses: &Statuses,
    now: Timestamp,
) -> Result<Loaded> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let store = dynamodb::store(listener.local_addr()?, statuses.clone());
    let database = database.clone();
    let server = Server::start(|stopped| dynamodb::serve(listener, database, stopped));
    store
        .create_missing_tables()
        .await
        .context("cannot create the tables")?;
    let count = agents
        .load(&store, now)
        .await
        .context("cannot load the agents")?;
    server.stop().await?;
    Ok(Loaded::Now(count))
}
