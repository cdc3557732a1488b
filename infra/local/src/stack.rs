//! Everything that runs on one machine, started in order and stopped in reverse.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use logout::app::App;
use logout::auth::Authenticator;
use logout::roster::Roster;
use logout::store::{Backoff, Store};
use logout::timestamp::Clock;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::args::Args;
use crate::{dynamodb, front, roster_files};

/// What is under way when the stack is stopped gets that long.
const STOP_TIMEOUT: Duration = Duration::from_secs(5);

/// A running stack. Dropped, it stops at once.
pub struct Stack {
    /// Where the HTTP API is.
    pub address: SocketAddr,
    /// Where DynamoDB is.
    pub dynamodb_address: SocketAddr,
    /// The agents there are, or were when the database was made.
    pub roster: Roster,
    /// The database was there before, so the roster was not loaded.
    pub resumed: bool,
    servers: JoinSet<Result<()>>,
    stop: watch::Sender<bool>,
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
        let (stop, _) = watch::channel(false);
        let mut servers = JoinSet::new();
        servers.spawn(dynamodb::serve(dynamodb, database, stopped(&stop)));

        let config = dynamodb::client_config(dynamodb_address);
        let store = Store::new(config, dynamodb::table_names(), Backoff::DYNAMODB);
        store
            .create_missing_tables()
            .await
            .context("cannot create the tables")?;
        let resumed = !store
            .has_no_tokens()
            .await
            .context("cannot read the tokens")?;
        if !resumed {
            roster_files::load(&store, &roster, clock.now())
                .await
                .context("cannot load the roster")?;
        }

        let authenticator = Authenticator::default();
        let app = App {
            store,
            authenticator,
            clock,
            domain: None,
            sync_limit: args.sync_limit,
        };
        servers.spawn(front::serve(http, Arc::new(app), stopped(&stop)));
        Ok(Self {
            address,
            dynamodb_address,
            roster,
            resumed,
            servers,
            stop,
        })
    }

    /// Lets what is under way finish, and stops.
    ///
    /// # Errors
    /// A server failed.
    pub async fn stop(mut self) -> Result<()> {
        self.stop.send_replace(true);
        let all_stopped = async {
            while let Some(server) = self.servers.join_next().await {
                server.context("a server panicked")??;
            }
            Ok(())
        };
        timeout(STOP_TIMEOUT, all_stopped).await.unwrap_or(Ok(()))
    }
}

async fn listen(address: SocketAddr, flag: &str) -> Result<TcpListener> {
    let listener = TcpListener::bind(address).await;
    listener
        .with_context(|| format!("cannot listen on {address}; choose another address with {flag}"))
}

/// Resolves when the stack is told to stop, or dropped.
fn stopped(stop: &watch::Sender<bool>) -> impl Future<Output = ()> + Send + 'static {
    let mut stop = stop.subscribe();
    async move {
        let _ = stop.wait_for(|stop| *stop).await;
    }
}
