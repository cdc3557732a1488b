//! The embedded DynamoDB and SQS for one start, so that every start finds the same.

use std::future::pending;
use std::net::SocketAddr;

use anyhow::Result;
use aws_sdk_sqs::Client;
use clap::Parser;
use local::agents::Agents;
use local::args::Args;
use logout::auth::secret_digest;
use logout::backoff::Backoff;
use logout::event_sources::JOBS;
use logout::store::Store;
use logout::timestamp::Clock;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use super::relay::{Relay, Traffic};

/// DynamoDB with the sample's agents and tokens, and SQS with the queue of jobs. Dropped, they are gone.
pub struct Backends {
    /// The way to DynamoDB.
    pub dynamodb: Relay,
    /// The way to SQS.
    pub sqs: Relay,
    /// What went either way.
    pub traffic: Traffic,
    servers: [JoinHandle<()>; 2],
}

impl Backends {
    /// Starts them.
    ///
    /// # Errors
    /// There is no port, or they refuse what is loaded.
    pub async fn start() -> Result<Self> {
        let (dynamodb, dynamodb_address) = listen().await?;
        let (sqs, sqs_address) = listen().await?;
        let database = local::dynamodb::open(None)?;
        let serve_dynamodb = local::dynamodb::serve(dynamodb, database, pending());
        let serve_sqs = local::sqs::serve(sqs, pending());
        let servers = [
            tokio::spawn(async { drop(serve_dynamodb.await) }),
            tokio::spawn(async { drop(serve_sqs.await) }),
        ];
        load_agents(dynamodb_address).await?;
        let sqs = Client::from_conf(local::sqs::client_config(sqs_address).build());
        local::sqs::create_queue(&sqs, &JOBS).await?;
        let traffic = Traffic::default();
        Ok(Self {
            dynamodb: Relay::start(dynamodb_address, traffic.clone()).await?,
            sqs: Relay::start(sqs_address, traffic.clone()).await?,
            traffic,
            servers,
        })
    }
}

impl Drop for Backends {
    fn drop(&mut self) {
        self.servers.iter().for_each(JoinHandle::abort);
    }
}

async fn listen() -> Result<(TcpListener, SocketAddr)> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    Ok((listener, address))
}

async fn load_agents(dynamodb: SocketAddr) -> Result<()> {
    let config = local::dynamodb::client_config(dynamodb);
    let store = Store::new(config, local::dynamodb::table_names(), Backoff::AWS);
    store.create_missing_tables().await?;
    let now = Clock::system().now();
    let sample = Agents::read(&Args::try_parse_from(["local"])?, now)?;
    for (tenant, agents) in sample.examples(now) {
        let agents: Vec<_> = agents.into_values().collect();
        store.load_agents(&tenant, &agents).await?;
        let digest = secret_digest("local");
        store
            .put_token(tenant.as_str(), &tenant, digest, now)
            .await?;
    }
    Ok(())
}
