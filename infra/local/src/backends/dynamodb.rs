//! The embedded DynamoDB, served on a port like the real one.

use std::net::SocketAddr;
use std::path::Path;

use anyhow::{Context, Result, anyhow};
use aws_sdk_dynamodb::config::{BehaviorVersion, Builder, Credentials, Region};
use domain::agents::Statuses;
use dynoxide::Database;
use store::connection::Backoff;
use store::{Store, TableNames};
use tokio::net::TcpListener;

use super::dynamodb_api;
use crate::serving::connections::{self, ConnectionLimits};

/// The database looks for the last record of a stream at every write, and never deletes one. The index keeps it from looking
/// through all of them, and the trigger deletes old ones, so that it stays small. DynamoDB keeps records for a day; 100,000
/// records are a quarter of a minute of a job at its fastest, and take 120 MB. They are read as they are written.
const STREAM_UPKEEP: &str = "
    CREATE INDEX IF NOT EXISTS stream_order
        ON _stream_records (table_name, CAST(sequence_number AS INTEGER));
    CREATE TRIGGER IF NOT EXISTS stream_trim AFTER INSERT ON _stream_records
        BEGIN DELETE FROM _stream_records WHERE id <= NEW.id - 100000; END;
";

/// A database in memory.
///
/// # Errors
/// There is no room for temporary files.
pub fn in_memory() -> Result<Database> {
    // The index and the trigger can only be added to a file, which is then copied into memory.
    let scratch = tempfile::tempdir().context("cannot make a temporary folder")?;
    let file = scratch.path().join("dynamodb.sqlite");
    drop(open_file(&file)?);
    let in_memory = |error| anyhow!("cannot make a database in memory: {error}");
    let memory = Database::memory().map_err(in_memory)?;
    memory
        .restore_from(&file.to_string_lossy())
        .map_err(in_memory)?;
    Ok(memory)
}

/// The database in a file, created if it does not exist.
///
/// # Errors
/// The file cannot be used.
pub fn open_file(file: &Path) -> Result<Database> {
    let text = file
        .to_str()
        .with_context(|| format!("{} is not in UTF-8", file.display()))?;
    let database = Database::new(text)
        .map_err(|error| anyhow!("cannot use {text} as the database: {error}"))?;
    rusqlite::Connection::open(file)
        .and_then(|sqlite| sqlite.execute_batch(STREAM_UPKEEP))
        .with_context(|| format!("cannot use {text} as the database"))?;
    Ok(database)
}

/// Serves `database` until `shutdown` resolves.
///
/// # Errors
/// None.
pub async fn serve(
    listener: TcpListener,
    database: Database,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> Result<()> {
    let router = dynamodb_api::router(database);
    connections::serve(listener, router, ConnectionLimits::DEFAULT, shutdown).await;
    Ok(())
}

/// How an SDK client reaches the DynamoDB at `address`, which takes any credentials.
#[must_use]
pub fn client_config(address: SocketAddr) -> Builder {
    aws_sdk_dynamodb::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::from_static("us-east-1"))
        .credentials_provider(Credentials::new("local", "local", None, None, "local"))
        .endpoint_url(format!("http://{address}"))
        // Plain HTTP without any proxy: this is the same machine.
        .http_client(aws_smithy_http_client::Builder::new().build_http())
}

/// The store over the DynamoDB at `address`.
#[must_use]
pub fn store(address: SocketAddr, statuses: Statuses) -> Store {
    Store::new(client_config(address), table_names(), Backoff::AWS).with_statuses(statuses)
}

/// The names of the tables on one machine.
#[must_use]
pub fn table_names() -> TableNames {
    TableNames {
        agents: "agents".to_owned(),
        team_members: "team-members".to_owned(),
        jobs: "jobs".to_owned(),
        api_tokens: "api-tokens".to_owned(),
    }
}
