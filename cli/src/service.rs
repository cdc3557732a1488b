//! The service, called over HTTP like any client calls it.

use std::error::Error;
use std::time::Duration;

use anyhow::{Result, anyhow, bail};
use logout::http::{FORCE_LOGOUT_PATH, JOBS_PATH};
use logout::ids::{AgentId, JobId};
use logout::request::Selectors;
use reqwest::header::{LOCATION, RETRY_AFTER};
use reqwest::redirect::Policy;
use reqwest::{Client, RequestBuilder, Response, StatusCode};
use serde::Deserialize;
use serde_json::Value;

use crate::connection::{Connection, is_this_machine};
use crate::output::say;

/// Waiting for a connection takes at most that long.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// An answer takes at most that long; API Gateway waits for 30 seconds (quotas of HTTP APIs).
const ANSWER_TIMEOUT: Duration = Duration::from_secs(35);
/// A request that is answered "temporarily unavailable" is sent at most that many times.
const MAX_TRIES: u32 = 4;
/// The wait before the next try, if the service names none.
const DEFAULT_RETRY_AFTER: Duration = Duration::from_secs(2);
/// A longer wait is not waited for.
const MAX_RETRY_AFTER: Duration = Duration::from_secs(30);

/// The service.
pub struct Service {
    client: Client,
    connection: Connection,
}

/// What a request to log out is answered with.
#[derive(Debug, PartialEq, Eq)]
pub enum LogoutAnswer {
    /// What became of each agent.
    Rows(Vec<Row>),
    /// There were too many to wait for.
    Job(JobId),
}

/// What became of an agent.
#[derive(Debug, PartialEq, Eq, Deserialize)]
pub struct Row {
    /// The agent.
    pub agent_id: AgentId,
    /// Their name.
    pub name: String,
    /// Their address for mail.
    pub email: String,
    /// The number callers see.
    pub agent_number: String,
    /// What they did before.
    pub previous_status: String,
    /// What they do now.
    pub current_status: String,
    /// There if they finish a call or chat first.
    pub message: Option<String>,
}

/// How far a job is.
#[derive(Debug, PartialEq, Eq, Deserialize)]
pub struct Job {
    /// Its number.
    pub id: JobId,
    /// `created`, `in_progress`, `completed` or `failed`.
    pub status: String,
    /// When it was accepted.
    pub created_at: Option<String>,
    /// When the last agent was settled.
    pub finished_at: Option<String>,
    /// So many agents are meant; unknown at first.
    pub total: Option<u64>,
    /// So many are out.
    #[serde(default)]
    pub logged_out: u64,
    /// So many finish a call or chat first.
    #[serde(default)]
    pub deferred: u64,
    /// So many were not to be logged out.
    #[serde(default)]
    pub skipped: u64,
}

impl Service {
    /// The service behind a connection.
    ///
    /// # Errors
    /// The certificates of this machine cannot be read.
    pub fn new(connection: Connection) -> Result<Self> {
        let client = Client::builder()
            .user_agent(concat!("agent-logout/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(CONNECT_TIMEOUT)
            .timeout(ANSWER_TIMEOUT)
            // A redirected POST would become a GET.
            .redirect(Policy::none());
        let client = if is_this_machine(&connection.url) {
            client.no_proxy()
        } else {
            client
        };
        // Plain HTTP has to do without this machine's certificates: there may be none.
        let client = if connection.url.scheme() == "http" {
            client.tls_certs_only([])
        } else {
            client
        };
        let client = client
            .build()
            .map_err(|error| anyhow!("cannot use HTTPS: {}", cause(&error)))?;
        Ok(Self { client, connection })
    }

    /// Logs agents out. With the answer comes its JSON.
    ///
    /// # Errors
    /// The service cannot be reached or refuses; says why.
    pub async fn log_out(&self, selectors: &Selectors) -> Result<(LogoutAnswer, Value)> {
        let url = self.at(FORCE_LOGOUT_PATH);
        let response = self.send(self.client.post(url).json(selectors)).await?;
        let (status, body) = self.read(response).await?;
        let answers_rows = [StatusCode::OK, StatusCode::BAD_REQUEST].contains(&status);
        if answers_rows && let Ok(rows) = Vec::<Row>::deserialize(&body) {
            return Ok((LogoutAnswer::Rows(rows), body));
        }
        match Job::deserialize(&body) {
            Ok(job) if status == StatusCode::OK => Ok((LogoutAnswer::Job(job.id), body)),
            _ => Err(refusal(status, &body)),
        }
    }

    /// How far a job is. With the answer comes its JSON.
    ///
    /// # Errors
    /// The service cannot be reached or refuses; says why.
    pub async fn job(&self, job_id: JobId) -> Result<(Job, Value)> {
        let url = self.at(&format!("{JOBS_PATH}{job_id}"));
        let response = self.send(self.client.get(url)).await?;
        let (status, body) = self.read(response).await?;
        if status == StatusCode::NOT_FOUND {
            bail!(
                "{} has no job {job_id}, or not any more: the service says 404 {}",
                self.connection.tenant,
                message(&body)
            );
        }
        match Job::deserialize(&body) {
            Ok(job) if status == StatusCode::OK => Ok((job, body)),
            _ => Err(refusal(status, &body)),
        }
    }

    fn at(&self, path: &str) -> String {
        let url = self.connection.url.as_str();
        format!("{}{path}", url.trim_end_matches('/'))
    }

    /// Sends a request, a few times if the service is unavailable: both kinds may be repeated (the HTTP contract).
    async fn send(&self, request: RequestBuilder) -> Result<Response> {
        let Connection { tenant, token, .. } = &self.connection;
        let request = request.basic_auth(tenant, Some(token));
        for attempt in 1.. {
            let this_time = request.try_clone().expect("the body is in memory");
            let response = this_time.send().await.map_err(|error| {
                anyhow!(
                    "cannot reach {}: {}; is the URL right, and does it run?",
                    self.connection.url,
                    cause(&error)
                )
            })?;
            if response.status() != StatusCode::SERVICE_UNAVAILABLE {
                return Ok(response);
            }
            let wait = retry_after(&response);
            if attempt == MAX_TRIES || wait > MAX_RETRY_AFTER {
                bail!(
                    "the service is unavailable and was tried {attempt} times; repeat the command in a while, which does no harm"
                );
            }
            say(&format!(
                "agent-logout: the service is unavailable; trying again in {} s",
                wait.as_secs()
            ));
            tokio::time::sleep(wait).await;
        }
        unreachable!("the last attempt returns")
    }

    async fn read(&self, response: Response) -> Result<(StatusCode, Value)> {
        let status = response.status();
        if let Some(place) = response
            .headers()
            .get(LOCATION)
            .filter(|_| status.is_redirection())
        {
            let place = String::from_utf8_lossy(place.as_bytes()).into_owned();
            bail!(
                "the service is elsewhere: {} sends us on to {place}; use that as --url",
                self.connection.url
            );
        }
        let url = &self.connection.url;
        let body = response.bytes().await;
        let body =
            body.map_err(|error| anyhow!("the answer of {url} broke off: {}", cause(&error)))?;
        match serde_json::from_slice(&body) {
            Ok(body) => Ok((status, body)),
            Err(_) => {
                bail!("{url} answers {status}, and not as this service does; is the URL right?")
            }
        }
    }
}

/// What an answer that is none of the good ones says.
fn refusal(status: StatusCode, body: &Value) -> anyhow::Error {
    let message = message(body);
    match status {
        StatusCode::UNAUTHORIZED => anyhow!(
            "the service refuses the tenant and token ({status}): check both; the token may be revoked, or of another tenant"
        ),
        StatusCode::BAD_REQUEST => anyhow!("{message}"),
        _ => anyhow!("the service answers {status}: {message}"),
    }
}

fn message(body: &Value) -> &str {
    let message = body.get("message").and_then(Value::as_str);
    message.unwrap_or("without a message")
}

fn retry_after(response: &Response) -> Duration {
    let header = response.headers().get(RETRY_AFTER);
    let seconds = header.and_then(|value| value.to_str().ok()?.trim().parse().ok());
    seconds.map_or(DEFAULT_RETRY_AFTER, Duration::from_secs)
}

/// The innermost reason, such as "Connection refused"; what is round it says where it came through.
fn cause(error: &reqwest::Error) -> String {
    if error.is_timeout() {
        return "it takes too long".to_owned();
    }
    let mut cause: &dyn Error = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    cause.to_string()
}
