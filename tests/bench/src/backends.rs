//! DynamoDB and SQS in a process of their own, so that what is compared is measured without them.

use std::io::Read;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Context, Result};
use aws_sdk_sqs::Client;
use clap::Args;
use logout::event_sources::JOBS;
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::net::TcpListener;
use tokio::process::{Child, ChildStdout, Command};

use crate::roster;
use crate::usage::{Begun, Usage};

/// The arguments of the process.
#[derive(Args, Clone, Debug)]
pub struct BackendsArgs {
    /// The roster's file.
    file: PathBuf,
}

/// Where they are.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, Args)]
pub struct Addresses {
    /// DynamoDB.
    #[arg(long)]
    pub dynamodb: SocketAddr,
    /// SQS, with the queue of jobs.
    #[arg(long)]
    pub sqs: SocketAddr,
}

/// Running backends. Dropped, they are killed.
pub struct Backends {
    /// Where they are.
    pub addresses: Addresses,
    child: Child,
    output: Lines<BufReader<ChildStdout>>,
}

impl Backends {
    /// Starts backends with the agents of a roster's file.
    ///
    /// # Errors
    /// They do not start.
    pub async fn start(file: &Path) -> Result<Self> {
        let mut child = Command::new(std::env::current_exe()?)
            .arg("backends")
            .arg(file)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let output = child.stdout.take().context("no output")?;
        let mut output = BufReader::new(output).lines();
        let line = output.next_line().await?.context("the backends ended")?;
        Ok(Self {
            addresses: serde_json::from_str(&line)?,
            child,
            output,
        })
    }

    /// Stops them; answers what they used since they were ready.
    ///
    /// # Errors
    /// They failed.
    pub async fn stop(mut self) -> Result<Usage> {
        drop(self.child.stdin.take());
        let line = self.output.next_line().await?;
        Ok(serde_json::from_str(&line.context("the backends failed")?)?)
    }
}

/// Is the process: serves until nobody holds its input any more.
///
/// # Errors
/// The file cannot be read.
pub async fn serve(args: BackendsArgs) -> Result<()> {
    let database = roster::open(&args.file)?;
    let (dynamodb, sqs) = (listener().await?, listener().await?);
    let addresses = Addresses {
        dynamodb: dynamodb.local_addr()?,
        sqs: sqs.local_addr()?,
    };
    tokio::spawn(dynoxide::server::serve_on(dynamodb, database));
    tokio::spawn(local::sqs::serve(sqs, std::future::pending()));
    let client = Client::from_conf(local::sqs::client_config(addresses.sqs).build());
    local::sqs::create_queue(&client, &JOBS).await?;
    let begun = Begun::now()?;
    println!("{}", serde_json::to_string(&addresses)?);
    let wait = || std::io::stdin().read_to_end(&mut Vec::new());
    tokio::task::spawn_blocking(wait).await??;
    println!("{}", serde_json::to_string(&begun.usage()?)?);
    Ok(())
}

async fn listener() -> Result<TcpListener> {
    Ok(TcpListener::bind("127.0.0.1:0").await?)
}
