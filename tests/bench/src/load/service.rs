//! The service as `local` runs it, in a process of its own, and requests to it.

use std::ffi::OsStr;
use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Result, bail};
use reqwest::{Client, RequestBuilder};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::time::sleep;
use wire::http::paths::{FORCE_LOGOUT_PATH, JOBS_PATH};

use crate::process::Process;

/// A job that has not ended after ten minutes never will.
const LOOK_UP_EVERY: Duration = Duration::from_millis(100);
const LOOK_UPS: u32 = 6_000;
/// Longer than the service works on an answer.
const TIMEOUT: Duration = Duration::from_secs(30);

/// The running service. When the last clone is dropped, it is killed.
#[derive(Clone)]
pub struct Service {
    url: String,
    client: Client,
    _process: Arc<Process>,
}

/// A job, as its answer describes it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct JobAnswer {
    status: String,
    total: u64,
    pub logged_out: u64,
    pub deferred: u64,
    skipped: u64,
}

impl JobAnswer {
    /// True if it completed, and each of its agents counts once.
    pub fn is_whole(&self) -> bool {
        self.status == "completed" && self.logged_out + self.deferred + self.skipped == self.total
    }
}

impl Service {
    /// Starts it with the agents of a roster.
    pub async fn start(roster: &Path) -> Result<Self> {
        let mut args = vec![
            OsStr::new("local"),
            OsStr::new("--agents"),
            roster.as_os_str(),
        ];
        for port in ["--listen", "--dynamodb-listen", "--sqs-listen"] {
            args.extend([OsStr::new(port), OsStr::new("127.0.0.1:0")]);
        }
        let mut process = Process::start(args, Stdio::null())?;
        loop {
            if let Some(url) = process.line().await?.strip_prefix("ready: ") {
                return Ok(Self {
                    url: url.trim().to_owned(),
                    client: Client::builder().no_proxy().timeout(TIMEOUT).build()?,
                    _process: Arc::new(process),
                });
            }
        }
    }

    /// A request to log agents out.
    pub fn post(&self, tenant: &str, secret: &str, body: &Value) -> RequestBuilder {
        let call = self.client.post(format!("{}{FORCE_LOGOUT_PATH}", self.url));
        call.basic_auth(tenant, Some(format!("{tenant}.{secret}")))
            .json(body)
    }

    /// A look-up of a job.
    pub fn get_job(&self, tenant: &str, job: u64) -> RequestBuilder {
        let call = self.client.get(format!("{}{JOBS_PATH}{job}", self.url));
        call.basic_auth(tenant, Some(format!("{tenant}.local")))
    }

    /// Selects every agent; returns the job's number.
    pub async fn log_out_all(&self, tenant: &str) -> Result<u64> {
        #[derive(Deserialize)]
        struct Accepted {
            id: u64,
        }
        let body = json!({ "ip_addrs": ["10.0.0.0/8"] });
        let accepted: Accepted = self
            .post(tenant, "local", &body)
            .send()
            .await?
            .json()
            .await?;
        Ok(accepted.id)
    }

    /// A job of that number, once it has ended.
    pub async fn ended_job(&self, tenant: &str, job: u64) -> Result<JobAnswer> {
        for _ in 0..LOOK_UPS {
            let answer = self.get_job(tenant, job).send().await?.error_for_status()?;
            let answer: JobAnswer = answer.json().await?;
            if ["completed", "failed"].contains(&answer.status.as_str()) {
                return Ok(answer);
            }
            sleep(LOOK_UP_EVERY).await;
        }
        bail!("job {job} of {tenant} does not end")
    }
}
