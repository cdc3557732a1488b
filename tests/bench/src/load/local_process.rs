//! `local` in a process of its own, and questions to it.

use std::fs::File;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use logout::http::{FORCE_LOGOUT_PATH, JOBS_PATH};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use reqwest::{Client, RequestBuilder};
use serde::Deserialize;
use serde_json::json;
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};
use tokio::time::sleep;

/// A job is looked up that often, and so many times: a minute's work takes no longer than ten.
const LOOK_UP_EVERY: Duration = Duration::from_millis(100);
const LOOK_UPS: u32 = 6_000;

/// `local`, running. Dropped, it is killed.
pub struct LocalProcess {
    url: String,
    child: Child,
    /// Held, so that it can say what it likes.
    _output: Lines<BufReader<ChildStdout>>,
    client: Client,
}

/// A job as it is told.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct JobAnswer {
    status: String,
    total: u64,
    /// So many were logged out.
    pub logged_out: u64,
    /// So many will be, after their call.
    pub deferred: u64,
    skipped: u64,
}

impl JobAnswer {
    /// True if it completed, and each of its agents counts once.
    pub fn is_whole(&self) -> bool {
        self.status == "completed" && self.logged_out + self.deferred + self.skipped == self.total
    }

    fn has_ended(&self) -> bool {
        ["completed", "failed"].contains(&self.status.as_str())
    }
}

impl LocalProcess {
    /// Starts it with the agents of a roster; its log goes into a file.
    ///
    /// # Errors
    /// It does not start.
    pub async fn start(roster: &Path, log: &Path) -> Result<Self> {
        let mut command = Command::new(std::env::current_exe()?);
        command.arg("local").arg("--agents").arg(roster);
        for port in ["--listen", "--dynamodb-listen", "--sqs-listen"] {
            command.args([port, "127.0.0.1:0"]);
        }
        command.stdout(Stdio::piped()).stderr(File::create(log)?);
        command.kill_on_drop(true);
        let mut child = command.spawn()?;
        let output = child.stdout.take().context("no output")?;
        let mut output = BufReader::new(output).lines();
        loop {
            let line = output.next_line().await?;
            let line = line.context("the service did not start")?;
            if let Some(url) = line.strip_prefix("ready: ") {
                return Ok(Self {
                    url: url.trim().to_owned(),
                    child,
                    _output: output,
                    client: Client::new(),
                });
            }
        }
    }

    /// Where it is.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Asks for everybody; answers the job's number.
    ///
    /// # Errors
    /// It did not become a job.
    pub async fn log_everybody_out(&self, tenant: &str) -> Result<u64> {
        #[derive(Deserialize)]
        struct Accepted {
            id: u64,
        }
        let call = self.client.post(self.url.clone() + FORCE_LOGOUT_PATH);
        let call = call.json(&json!({ "ip_addrs": ["10.0.0.0/8"] }));
        let accepted: Accepted = as_tenant(call, tenant).send().await?.json().await?;
        Ok(accepted.id)
    }

    /// A job of that number, once it has ended.
    ///
    /// # Errors
    /// There is none, or it does not end.
    pub async fn ended(&self, tenant: &str, job: u64) -> Result<JobAnswer> {
        for _ in 0..LOOK_UPS {
            let call = self.client.get(format!("{}{JOBS_PATH}{job}", self.url));
            let answer = as_tenant(call, tenant).send().await?;
            ensure!(answer.status().is_success(), "there is no job {job}");
            let answer: JobAnswer = answer.json().await?;
            if answer.has_ended() {
                return Ok(answer);
            }
            sleep(LOOK_UP_EVERY).await;
        }
        bail!("job {job} of {tenant} does not end")
    }

    /// Stops it as Ctrl-C would.
    ///
    /// # Errors
    /// It failed.
    pub async fn stop(mut self) -> Result<()> {
        let pid = self.child.id().context("the service ended by itself")?;
        kill(Pid::from_raw(pid.try_into()?), Signal::SIGINT)?;
        let status = self.child.wait().await?;
        ensure!(status.success(), "the service failed: {status}");
        Ok(())
    }
}

fn as_tenant(call: RequestBuilder, tenant: &str) -> RequestBuilder {
    call.basic_auth(tenant, Some(format!("{tenant}.local")))
}
