//! Databases with agents, in files: each made once, and given afresh to each of those that are compared.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use clap::Parser;
use domain::agents::RosterAgent;
use domain::tenant::Tenant;
use dynoxide::Database;
use local::args::Args;
use local::data_folder::DataFolder;
use local::stack::Stack;
use tempfile::TempDir;
use tests::bulk_insert;

/// Whose agents they are: the tenant of `local --sample`.
pub const TENANT: &str = "sample";
pub const TOKEN: &str = "sample.local";
/// What agents do who are not on a call.
pub const STATUS: &str = "Available";
const FILE: &str = "whole.sqlite";

/// Agents from 1 on, at the addresses of 10.0.0.0/8 in order.
#[derive(Clone, Copy, Debug)]
pub struct Roster {
    pub agents: u32,
    /// One agent in this many is on a call.
    pub busy_one_in: Option<u32>,
}

/// A file with a database, for as long as this lives.
pub struct RosterFile {
    folder: TempDir,
}

impl Roster {
    /// The agents.
    pub fn agents(self) -> impl Iterator<Item = RosterAgent> {
        (1..=self.agents).map(move |number| {
            let busy = self.busy_one_in.is_some_and(|one_in| number % one_in == 0);
            let status = if busy { "In-call" } else { STATUS };
            ledger::numbered_agent(number, status)
        })
    }

    /// Writes a database with them.
    pub async fn write(self) -> Result<RosterFile> {
        let folder = tempfile::tempdir()?;
        // One agent of the sample brings tables and token along, and is then replaced.
        let database = local_database(folder.path(), &["--sample", "1"]).await?;
        let tenant = Tenant::parse(TENANT).context("no tenant")?;
        bulk_insert::add(&database, &tenant, self.agents());
        RosterFile::of(&database, folder)
    }
}

impl RosterFile {
    /// A database with the sample of `local`.
    pub async fn of_sample() -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let database = local_database(folder.path(), &[]).await?;
        Self::of(&database, folder)
    }

    /// What the journal holds goes into the file, too.
    fn of(database: &Database, folder: TempDir) -> Result<Self> {
        let file = Self { folder };
        database.vacuum_into(&file.path().to_string_lossy())?;
        Ok(file)
    }

    /// Where it is.
    pub fn path(&self) -> PathBuf {
        self.folder.path().join(FILE)
    }
}

/// A database as `local` leaves it in a folder.
async fn local_database(folder: &Path, args: &[&str]) -> Result<Database> {
    let (folder_text, any_port) = (folder.to_string_lossy(), "127.0.0.1:0");
    let all = [
        "local",
        "--backends-only",
        "--data",
        &folder_text,
        "--dynamodb-listen",
        any_port,
        "--sqs-listen",
        any_port,
    ];
    let args = Args::try_parse_from(all.iter().chain(args))?;
    Stack::start(&args).await?.stop().await?;
    DataFolder::open(folder)?.database()
}
