//! A database full of agents, in a file: made once, and given afresh to each of those that are compared.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, GlobalSecondaryIndex, KeySchemaElement, KeyType, Projection,
    ProjectionType, ScalarAttributeType,
};
use dynoxide::Database;
use logout::agent::RosterAgent;
use logout::auth::secret_digest;
use logout::backoff::Backoff;
use logout::store::Store;
use logout::tenant::Tenant;
use logout::timestamp::Clock;
use tempfile::TempDir;
use tests::{agent_at, crowd};
use tokio::net::TcpListener;

/// Whose agents they are.
pub const TENANT: &str = "sample";
/// Their token's id and secret.
pub const TOKEN: (&str, &str) = ("sample", "local");
/// What those do who are not on a call.
pub const STATUS: &str = "Available";
/// The table of a team that has an index by status.
pub const AGENTS_BY_STATUS: &str = "agents-by-status";

/// Agents 1 to `count`, at the addresses of 10.0.0.0/8 in order.
#[derive(Clone, Copy, Debug)]
pub struct Roster {
    /// How many there are.
    pub count: u32,
    /// Every so manieth is on a call; nobody, if there is none.
    pub busy_one_in: Option<u32>,
}

/// The file that holds them, for as long as this lives.
pub struct RosterFile {
    folder: TempDir,
}

impl RosterFile {
    /// Where it is.
    #[must_use]
    pub fn path(&self) -> PathBuf {
        self.folder.path().join("dynamodb.sqlite")
    }
}

impl Roster {
    /// The agents.
    pub fn agents(self) -> impl Iterator<Item = RosterAgent> {
        (1..=self.count).map(move |number| {
            let busy = self.busy_one_in.is_some_and(|one_in| number % one_in == 0);
            let status = if busy { "In-call" } else { STATUS };
            let [_, high, middle, low] = number.to_be_bytes();
            let address = format!("10.{high}.{middle}.{low}");
            agent_at(number.into(), status, &[], &address)
        })
    }

    /// Makes the file. With `by_status` they are in [`AGENTS_BY_STATUS`] too.
    ///
    /// # Errors
    /// The disk is full, or DynamoDB refused.
    pub async fn make(self, by_status: bool) -> Result<RosterFile> {
        let folder = tempfile::tempdir().context("cannot make a temporary folder")?;
        let database = local::dynamodb::open(Some(folder.path()))?;
        let tenant = Tenant::parse(TENANT).context("no tenant")?;
        create_tables(&database, &tenant, by_status).await?;
        crowd::add(&database, &tenant, self.agents());
        if by_status {
            crowd::add_to(&database, AGENTS_BY_STATUS, &tenant, self.agents());
        }
        // What the journal holds goes into the file.
        let file = folder.path().join("whole.sqlite");
        database.vacuum_into(&file.to_string_lossy())?;
        drop(database);
        std::fs::rename(&file, folder.path().join("dynamodb.sqlite"))?;
        Ok(RosterFile { folder })
    }
}

/// A database in memory with what is in a roster's file.
///
/// # Errors
/// The file cannot be read.
pub fn open(file: &Path) -> Result<Database> {
    let database = Database::memory()?;
    database.restore_from(&file.to_string_lossy())?;
    Ok(database)
}

async fn create_tables(database: &Database, tenant: &Tenant, by_status: bool) -> Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address: SocketAddr = listener.local_addr()?;
    let server = tokio::spawn(dynoxide::server::serve_on(listener, database.clone()));
    let config = local::dynamodb::client_config(address);
    let store = Store::new(config, local::dynamodb::table_names(), Backoff::AWS);
    store.create_missing_tables().await?;
    let digest = secret_digest(TOKEN.1);
    let now = Clock::system().now();
    store.put_token(TOKEN.0, tenant, digest, now).await?;
    if by_status {
        let config = local::dynamodb::client_config(address).build();
        create_table_by_status(&Client::from_conf(config)).await?;
    }
    server.abort();
    Ok(())
}

async fn create_table_by_status(client: &Client) -> Result<()> {
    let attribute = |name: &str| {
        let attribute = AttributeDefinition::builder().attribute_name(name);
        attribute.attribute_type(ScalarAttributeType::S).build()
    };
    let key = |name: &str, kind: KeyType| {
        let key = KeySchemaElement::builder().attribute_name(name);
        key.key_type(kind).build()
    };
    let all = Projection::builder().projection_type(ProjectionType::All);
    let by_status = GlobalSecondaryIndex::builder()
        .index_name("by-status")
        .key_schema(key("tenant", KeyType::Hash)?)
        .key_schema(key("agent_status", KeyType::Range)?)
        .projection(all.build())
        .build()?;
    let table = client.create_table().table_name(AGENTS_BY_STATUS);
    table
        .billing_mode(BillingMode::PayPerRequest)
        .attribute_definitions(attribute("agent_key")?)
        .attribute_definitions(attribute("tenant")?)
        .attribute_definitions(attribute("agent_status")?)
        .key_schema(key("agent_key", KeyType::Hash)?)
        .global_secondary_indexes(by_status)
        .send()
        .await?;
    Ok(())
}
