//! `agents import`: adds and updates the agents of a file.

use std::collections::BTreeMap;

use anyhow::{Result, bail};
use domain::agents::{Roster, RosterAgent};
use futures::{StreamExt, TryStreamExt, stream};
use store::operator::Imported;
use store::{MAX_BATCH_GET, Store};

use crate::arguments::agents::ImportAgentsArgs;
use crate::aws::database;
use crate::clock;
use crate::rosters::roster_input;
use crate::terminal::output::{count, print};
use crate::terminal::progress::progress_bar;

/// The maximum number of batches at the same time.
const MAX_PARALLEL_BATCHES: usize = 4;

/// Reads the file, checks all of it, and writes its agents.
pub async fn run(args: &ImportAgentsArgs) -> Result<()> {
    let roster = roster_input::read(&args.file, args.format, clock::now())?;
    let store = database::open(&args.database).await?;
    let imported = write(&store, &roster).await?;
    let agents = count(imported.added + imported.kept, "agent");
    let (joined, left) = (count(imported.joined, "team membership"), imported.left);
    print(&format!(
        "{agents} imported: {} added, {} brought up to date; {joined} added, {left} removed",
        imported.added, imported.kept
    ))
}

async fn write(store: &Store, roster: &Roster) -> Result<Imported> {
    let bar = progress_bar("agents", roster.values().map(BTreeMap::len).sum());
    let mut imported = Imported::default();
    for (tenant, agents) in roster {
        let agents: Vec<RosterAgent> = agents.values().cloned().collect();
        let batches = agents
            .chunks(MAX_BATCH_GET)
            .map(|batch| store.import_agents(tenant, batch));
        let written = stream::iter(batches)
            .buffer_unordered(MAX_PARALLEL_BATCHES)
            .try_for_each(|batch| {
                bar.inc((batch.added + batch.kept) as u64);
                imported += batch;
                std::future::ready(Ok(()))
            });
        if let Err(error) = written.await {
            bar.abandon();
            let written = count(imported.added + imported.kept, "agent");
            bail!(
                "{:#}; {written} and perhaps more are written: repeat the import",
                database::explain(error)
            );
        }
    }
    bar.finish_and_clear();
    Ok(imported)
}
