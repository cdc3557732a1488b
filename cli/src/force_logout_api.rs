//! The service, called over HTTP like any client calls it.

mod answer;
mod failure;

use std::time::Duration;

use anyhow::{Result, anyhow};
use logout::http::{FORCE_LOGOUT_PATH, JOBS_PATH};
use logout::ids::JobId;
use logout::request::Selectors;
use reqwest::header::{LOCATION, RETRY_AFTER};
use reqwest::redirect::Policy;
use reqwest::{Client, RequestBuilder, Response, StatusCode};
use serde::Deserialize;
use serde_json::Value;

use answer::{logout_answer, message};
use failure::{Failure, agents_may_be_out, cause, refusal};

pub use answer::{Earlier, Job, LogoutAnswer, Look, Row};

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
    /// The service cannot be reached or refuses; says why, and whether agents may be out.
    pub async fn log_out(&self, selectors: &Selectors) -> Result<(LogoutAnswer, Earlier, Value)> {
        let url = self.at(FORCE_LOGOUT_PATH);
        let request = self.client.post(url).json(selectors);
        let (sent, earlier) = self.send_patiently(request).await;
        let answered = match sent {
            Ok(response) => self.read(response).await,
            Err(failure) => Err(failure),
        };
        let (status, body) = answered.map_err(|failure| failure.of_a_logout(earlier))?;
        match logout_answer(status, &body) {
            Some(answer) => Ok((answer, earlier, body)),
            None if earlier == Earlier::MayHaveActed || status.is_server_error() => {
                Err(agents_may_be_out(&refusal(status, &body)))
            }
            None => Err(refusal(status, &body)),
        }
    }

    /// How far a job is. With the answer comes its JSON.
    ///
    /// # Errors
    /// The service cannot be reached or refuses; says why.
    pub async fn job(&self, job_id: JobId) -> Result<(Job, Value)> {
        let (sent, _) = self.send_patiently(self.get_job(job_id)).await;
        match self.look_at(job_id, sent).await? {
            Look::Found(job, body) => Ok((job, body)),
            Look::NoSuchJob(error) | Look::NoAnswer(error) => Err(error),
        }
    }

    /// The same, for whoever looks again and again: says what to make of it, and does not wait.
    ///
    /// # Errors
    /// The service refuses; says why.
    pub async fn look(&self, job_id: JobId) -> Result<Look> {
        let sent = self.send(self.get_job(job_id)).await;
        self.look_at(job_id, sent).await
    }

    async fn look_at(&self, job_id: JobId, sent: Result<Response, Failure>) -> Result<Look> {
        let response = match sent {
            Ok(response) => response,
            Err(failure) => return Ok(Look::NoAnswer(failure.into())),
        };
        let status = response.status();
        if status == StatusCode::TOO_MANY_REQUESTS || status.is_server_error() {
            let body = response.json().await.unwrap_or_default();
            return Ok(Look::NoAnswer(refusal(status, &body)));
        }
        let (status, body) = match self.read(response).await {
            Ok(answer) => answer,
            Err(failure @ Failure::BrokenOff(_)) => return Ok(Look::NoAnswer(failure.into())),
            Err(failure) => return Err(failure.into()),
        };
        if status == StatusCode::NOT_FOUND {
            return Ok(Look::NoSuchJob(anyhow!(
                "{} has no job {job_id}, or not any more: the service says 404 {}",
                self.connection.tenant,
                message(&body)
            )));
        }
        match Job::deserialize(&body) {
            Ok(job) if status == StatusCode::OK => Ok(Look::Found(job, body)),
            _ => Err(refusal(status, &body)),
        }
    }

    fn get_job(&self, job_id: JobId) -> RequestBuilder {
        self.client.get(self.at(&format!("{JOBS_PATH}{job_id}")))
    }

    fn at(&self, path: &str) -> String {
        let url = self.connection.url.as_str();
        format!("{}{path}", url.trim_end_matches('/'))
    }

    /// Sends a request, a few times if the service is unavailable: both kinds may be repeated (the HTTP contract). Answers
    /// also whether there was an earlier try.
    async fn send_patiently(
        &self,
        request: RequestBuilder,
    ) -> (Result<Response, Failure>, Earlier) {
        let mut earlier = Earlier::NoTry;
        for attempt in 1.. {
            let this_time = request.try_clone().expect("the body is in memory");
            let sent = self.send(this_time).await;
            let wait = match &sent {
                Ok(response) if response.status() == StatusCode::SERVICE_UNAVAILABLE => {
                    retry_after(response)
                }
                _ => return (sent, earlier),
            };
            earlier = Earlier::MayHaveActed;
            if attempt == MAX_TRIES || wait > MAX_RETRY_AFTER {
                return (Err(Failure::Unavailable(attempt)), earlier);
            }
            say(&format!(
                "agent-logout: the service is unavailable; trying again in {} s",
                wait.as_secs()
            ));
            tokio::time::sleep(wait).await;
        }
        unreachable!("the last attempt returns")
    }

    async fn send(&self, request: RequestBuilder) -> Result<Response, Failure> {
        let Connection { tenant, token, url } = &self.connection;
        let sent = request.basic_auth(tenant, Some(token)).send().await;
        sent.map_err(|error| {
            if error.is_connect() {
                Failure::NotReached(format!("{url}: {}", cause(&error)))
            } else {
                Failure::BrokenOff(format!("{url}: {}", cause(&error)))
            }
        })
    }

    async fn read(&self, response: Response) -> Result<(StatusCode, Value), Failure> {
        let url = &self.connection.url;
        let status = response.status();
        let place = response.headers().get(LOCATION);
        if let Some(place) = place.filter(|_| status.is_redirection()) {
            let place = String::from_utf8_lossy(place.as_bytes());
            // A user name and password may stand before it.
            let place = if place.contains('@') {
                "another URL"
            } else {
                &place
            };
            return Err(Failure::NotThis(format!(
                "the service is elsewhere: {url} sends us on to {place}; use that as --url"
            )));
        }
        let body = response.bytes().await;
        let body = body.map_err(|error| Failure::BrokenOff(format!("{url}: {}", cause(&error))))?;
        let body = serde_json::from_slice(&body).map_err(|_| {
            Failure::NotThis(format!(
                "{url} answers {status}, and not as this service does; is the URL right?"
            ))
        })?;
        Ok((status, body))
    }
}

fn retry_after(response: &Response) -> Duration {
    let header = response.headers().get(RETRY_AFTER);
    let seconds = header.and_then(|value| value.to_str().ok()?.trim().parse().ok());
    seconds.map_or(DEFAULT_RETRY_AFTER, Duration::from_secs)
}
