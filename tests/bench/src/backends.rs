//! DynamoDB and SQS in a process of their own, so that what is compared is measured without them.

use std::future::pending;
use std::io::Read;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::Result;
use aws_sdk_sqs::Client;
use clap::Args;
use dynoxide::Database;
use serde::{Deserialize, Serialize};
use service::lambda::queue_settings::{JOBS_QUEUE, PLANS_QUEUE};
use tokio::net::TcpListener;

use crate::process::Process;
use crate::usage::{Stopwatch, Usage};

/// The arguments of the process.
#[derive(Args, Clone, Debug)]
pub struct BackendsArgs {
    /// The file with the database to begin with.
    file: PathBuf,
}

/// Where they are.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, Args)]
pub struct Addresses {
    #[arg(long)]
    pub dynamodb: SocketAddr,
    /// It has the queues of plans and jobs.
    #[arg(long)]
    pub sqs: SocketAddr,
}

/// Running backends. Dropped, they are killed.
pub struct Backends {
    pub addresses: Addresses,
    process: Process,
}

impl Backends {
    /// Starts backends with a copy of what is in a database's file.
    pub async fn start(file: &Path) -> Result<Self> {
        let args = ["backends".as_ref(), file.as_os_str()];
        let mut process = Process::start(args, Stdio::inherit())?;
        let addresses = serde_json::from_str(&process.line().await?)?;
        Ok(Self { addresses, process })
    }

    /// Stops them; returns what they used since they were ready.
    pub async fn stop(mut self) -> Result<Usage> {
        self.process.close_input();
        Ok(serde_json::from_str(&self.process.line().await?)?)
    }
}

/// Is the process: serves until its input is closed.
pub async fn serve(args: BackendsArgs) -> Result<()> {
    let database = Database::memory()?;
    database.restore_from(&args.file.to_string_lossy())?;
    let (dynamodb, sqs) = (
        TcpListener::bind("127.0.0.1:0").await?,
        TcpListener::bind("127.0.0.1:0").await?,
    );
    let addresses = Addresses {
        dynamodb: dynamodb.local_addr()?,
        sqs: sqs.local_addr()?,
    };
    tokio::spawn(local::backends::dynamodb::serve(
        dynamodb,
        database,
        pending(),
    ));
    tokio::spawn(local::backends::sqs::serve(sqs, pending()));
    let client = Client::from_conf(local::backends::sqs::client_config(addresses.sqs).build());
    for queue in [PLANS_QUEUE, JOBS_QUEUE] {
        local::backends::sqs::create_queue(&client, &queue).await?;
    }
    let stopwatch = Stopwatch::start()?;
    println!("{}", serde_json::to_string(&addresses)?);
    let input_closed = || std::io::stdin().read_to_end(&mut Vec::new());
    tokio::task::spawn_blocking(input_closed).await??;
    println!("{}", serde_json::to_string(&stopwatch.usage()?)?);
    Ok(())
}
