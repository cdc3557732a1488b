//! Everything that runs on one machine, started in order and stopped in reverse.

use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::{Context, Error, Result};
use futures::future::select_all;
use logout::app::App;
use logout::auth::Authenticator;
use logout::roster::Roster;
use logout::store::{Backoff, Store};
use logout::timestamp::Clock;
use tokio::net::TcpListener;

use crate::args::Args;
use crate::server::Server;
use crate::{dynamodb, front, roster_files};

/// A running stack. Dropped, it stops at once.
pub struct Stack {
    /// Where the HTTP API is.
    pub address: SocketAddr,
    /// Where DynamoDB is.
    pub dynamodb_address: SocketAddr,
    /// The agents of the files or the sample, whether they were loaded now or before.
    pub roster: Roster,
    /// How many of them were loaded now.
    pub loaded: usize,
    /// In the order in which they were started; each needs those before it.
    servers: Vec<Server>,
}

impl Stack {
    /// Starts everything; when this returns, requests are answered.
    ///
    /// # Errors
    /// A port is taken, a roster is bad, or the data folder cannot be used. Says which and what to do.
    pub async fn start(args: &Args) -> Result<Self> {
        let clock = Clock::system();
        let roster = roster_files::read(&args.agents, clock.now())?;
        let http = listen(args.listen, "--listen").await?;
        let dynamodb = listen(args.dynamodb_listen, "--dynamodb-listen").await?;
        let (address, dynamodb_address) = (http.local_addr()?, dynamodb.local_addr()?);

        let database = dynamodb::open(args.data.as_deref())?;
        let mut servers = vec![Server::start(|stopped| {
            dynamodb::serve(dynamodb, database, stopped)
        })];

        let config = dynamodb::client_config(dynamodb_address);
        let store = Store::new(config, dynamodb::table_names(), Backoff::DYNAMODB);
        let created = store.create_missing_tables().await;
        created.context("cannot create the tables")?;
        let loaded = roster_files::load(&store, &roster, clock.now()).await;
        let loaded = loaded.context("cannot load the agents")?;

        let app = Arc::new(App {
            store,
            authenticator: Authenticator::default(),
            clock,
            domain: None,
            sync_limit: args.sync_limit,
        });
        servers.push(Server::start(|stopped| front::serve(http, app, stopped)));
        Ok(Self {
            address,
            dynamodb_address,
            roster,
            loaded,
            servers,
        })
    }

    /// Waits for a server to fail.
    pub async fn failed(&mut self) -> Error {
        let servers = self.servers.iter_mut();
        select_all(servers.map(|server| Box::pin(server.failed())))
            .await
            .0
    }

    /// Lets what is under way finish, and stops.
    ///
    /// # Errors
    /// A server failed.
    pub async fn stop(self) -> Result<()> {
        for server in self.servers.into_iter().rev() {
            server.stop().await?;
        }
        Ok(())
    }
}

async fn listen(address: SocketAddr, flag: &str) -> Result<TcpListener> {
    let listener = TcpListener::bind(address).await;
    listener
        .with_context(|| format!("cannot listen on {address}; choose another address with {flag}"))
}
