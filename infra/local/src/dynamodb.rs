//! The embedded DynamoDB, served on a port like the real one.

use std::net::SocketAddr;
use std::path::Path;

use anyhow::{Context, Result, anyhow};
use aws_sdk_dynamodb::config::{BehaviorVersion, Builder, Credentials, Region};
use dynoxide::Database;
use logout::store::TableNames;
use tokio::net::TcpListener;

/// The database file within a data folder.
const FILE: &str = "dynamodb.sqlite";

/// The database in `data`, made there if need be; without a folder, one in memory.
///
/// # Errors
/// The folder or the file cannot be used.
pub fn open(data: Option<&Path>) -> Result<Database> {
    let Some(data) = data else {
        return Database::memory()
            .map_err(|error| anyhow!("cannot make a database in memory: {error}"));
    };
    std::fs::create_dir_all(data)
        .with_context(|| format!("cannot make the folder {}", data.display()))?;
    let path = data.join(FILE);
    let text = path
        .to_str()
        .with_context(|| format!("{} is not in UTF-8", path.display()))?;
    Database::new(text).map_err(|error| anyhow!("cannot use {text} as the database: {error}"))
}

/// Serves `database` until `shutdown` resolves.
///
/// # Errors
/// The server failed.
pub async fn serve(
    listener: TcpListener,
    database: Database,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> Result<()> {
    let served = dynoxide::server::serve_with_shutdown(listener, database, shutdown).await;
    served.map_err(|error| anyhow!("DynamoDB: {error}"))
}

/// How an SDK client reaches the DynamoDB at `address`, which takes any credentials.
#[must_use]
pub fn client_config(address: SocketAddr) -> Builder {
    aws_sdk_dynamodb::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::from_static("us-east-1"))
        .credentials_provider(Credentials::new("local", "local", None, None, "local"))
        .endpoint_url(format!("http://{address}"))
        // Plain HTTP, past any proxy that the environment names: this is the same machine.
        .http_client(aws_smithy_http_client::Builder::new().build_http())
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
