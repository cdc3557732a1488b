//! The client of the service.

use std::time::Duration;

use anyhow::{Result, anyhow};
use domain::ids::JobId;
use reqwest::header::{LOCATION, RETRY_AFTER};
use reqwest::redirect::Policy;
use reqwest::{Client, RequestBuilder, Response, StatusCode};
use serde_json::Value;
use wire::http::paths::{FORCE_LOGOUT_PATH, JOBS_PATH};
use wire::http::{JobBody, SelectorsBody};

use super::body::{self, BodyError, message};
use super::failure::{Failure, Refusal, cause, outcome_unknown, refusal};
use super::job_poll::{self, JobPoll};
use super::logout_answer::{self, EarlierAttempts, LogoutAnswer};
use crate::http_url::is_on_this_machine;
use crate::settings::service::ServiceSettings;
use crate::terminal::output::print_notice;

/// The longest wait for a connection.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// The longest wait for an answer; API Gateway itself waits for 30 seconds (quotas of HTTP APIs).
const ANSWER_TIMEOUT: Duration = Duration::from_secs(35);
/// The maximum number of times that a request is sent while it is answered with 503.
const MAX_ATTEMPTS: u32 = 4;
/// The wait before the next attempt, if the service names none.
const DEFAULT_RETRY_AFTER: Duration = Duration::from_secs(2);
/// The longest wait before the next attempt; if the service names a longer one, there is no next attempt.
const MAX_RETRY_AFTER: Duration = Duration::from_secs(30);

/// The service, called as a tenant.
pub struct ServiceClient {
    client: Client,
    settings: ServiceSettings,
}

impl ServiceClient {
    /// A client with these settings.
    ///
    /// # Errors
    /// The certificates of this machine cannot be read.
    pub fn new(settings: ServiceSettings) -> Result<Self> {
        let client = Client::builder()
            .user_agent(concat!("agent-logout/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(CONNECT_TIMEOUT)
            .timeout(ANSWER_TIMEOUT)
            // A redirected POST would become a GET.
            .redirect(Policy::none());
        let client = if is_on_this_machine(&settings.url) {
            client.no_proxy()
        } else {
            client
        };
        // Plain HTTP must work on a machine without certificates.
        let client = if settings.url.scheme() == "http" {
            client.tls_certs_only([])
        } else {
            client
        };
        let client = client
            .build()
            .map_err(|error| anyhow!("cannot use HTTPS: {}", cause(&error)))?;
        Ok(Self { client, settings })
    }

    /// Logs agents out. Returns the answer, whether it covers everything that the request did, and its JSON.
    ///
    /// # Errors
    /// The service cannot be reached or refuses the request; the error says why, and whether agents may be logged out.
    pub async fn log_out(
        &self,
        selectors: &SelectorsBody,
    ) -> Result<(LogoutAnswer, EarlierAttempts, Value)> {
        let url = self.url(FORCE_LOGOUT_PATH);
        let request = self.client.post(url).json(selectors);
        let (sent, earlier) = self.send_with_retries(request).await;
        let answered = match sent {
            Ok(response) => self.read(response).await,
            Err(failure) => Err(failure),
        };
        let (status, body) = answered.map_err(|failure| failure.of_logout(earlier))?;
        match logout_answer::read(status, &body) {
            Some(answer) => Ok((answer, earlier, body)),
            None if earlier == EarlierAttempts::MayHaveLoggedOut || status.is_server_error() => {
                Err(outcome_unknown(refusal(status, body)))
            }
            None => Err(refusal(status, body)),
        }
    }

    /// A job, and its JSON.
    ///
    /// # Errors
    /// The service cannot be reached or refuses the request; the error says why.
    pub async fn get_job(&self, job_id: JobId) -> Result<(JobBody, Value)> {
        let (sent, _) = self.send_with_retries(self.job_request(job_id)).await;
        match self.read_job(job_id, sent).await? {
            JobPoll::Found(job, body) => Ok((job, body)),
            JobPoll::NoSuchJob(error) | JobPoll::NoAnswer(error) => Err(error),
        }
    }

    /// Asks for a job once, for callers who ask again: no retries and no waits.
    ///
    /// # Errors
    /// The service refuses the request; the error says why.
    pub async fn poll_job(&self, job_id: JobId) -> Result<JobPoll> {
        let sent = self.send(self.job_request(job_id)).await;
        self.read_job(job_id, sent).await
    }

    async fn read_job(&self, job_id: JobId, sent: Result<Response, Failure>) -> Result<JobPoll> {
        let response = match sent {
            Ok(response) => response,
            Err(failure) => return Ok(JobPoll::NoAnswer(failure.into())),
        };
        let status = response.status();
        if status == StatusCode::TOO_MANY_REQUESTS || status.is_server_error() {
            let body = body::json_or_null(response).await;
            return Ok(JobPoll::NoAnswer(refusal(status, body)));
        }
        let (status, body) = match self.read(response).await {
            Ok(answer) => answer,
            Err(failure @ Failure::NoAnswer(_)) => return Ok(JobPoll::NoAnswer(failure.into())),
            Err(failure) => return Err(failure.into()),
        };
        if status == StatusCode::NOT_FOUND {
            let sentence = format!(
                "{} has no job {job_id}, or no longer has it: the service answers 404 {}",
                self.settings.tenant,
                message(&body)
            );
            return Ok(JobPoll::NoSuchJob(Refusal { sentence, body }.into()));
        }
        match job_poll::read(status, &body) {
            Some(job) => Ok(JobPoll::Found(job, body)),
            None if status.is_success() => Err(self.not_the_service(status).into()),
            None => Err(refusal(status, body)),
        }
    }

    fn job_request(&self, job_id: JobId) -> RequestBuilder {
        self.client.get(self.url(&format!("{JOBS_PATH}{job_id}")))
    }

    fn url(&self, path: &str) -> String {
        let url = self.settings.url.as_str();
        format!("{}{path}", url.trim_end_matches('/'))
    }

    /// Sends a request, again if the service is unavailable: both kinds of request can be repeated (the HTTP contract).
    /// Returns also whether there were earlier attempts.
    async fn send_with_retries(
        &self,
        request: RequestBuilder,
    ) -> (Result<Response, Failure>, EarlierAttempts) {
        let mut earlier = EarlierAttempts::None;
        for attempt in 1.. {
            let clone = request.try_clone().expect("the body is in memory");
            let sent = self.send(clone).await;
            let response = match sent {
                Ok(response) if response.status() == StatusCode::SERVICE_UNAVAILABLE => response,
                _ => return (sent, earlier),
            };
            let wait = retry_after(&response);
            earlier = EarlierAttempts::MayHaveLoggedOut;
            if attempt == MAX_ATTEMPTS || wait > MAX_RETRY_AFTER {
                let body = body::json_or_null(response).await;
                let attempts = attempt;
                return (Err(Failure::Unavailable { attempts, body }), earlier);
            }
            print_notice(&format!(
                "agent-logout: the service is unavailable; trying again in {} s",
                wait.as_secs()
            ));
            tokio::time::sleep(wait).await;
        }
        unreachable!("the last attempt returns")
    }

    async fn send(&self, request: RequestBuilder) -> Result<Response, Failure> {
        let ServiceSettings { url, tenant, token } = &self.settings;
        let sent = request.basic_auth(tenant, Some(token)).send().await;
        sent.map_err(|error| {
            if error.is_connect() {
                Failure::NotSent(format!("{url}: {}", cause(&error)))
            } else {
                Failure::NoAnswer(format!("{url}: {}", cause(&error)))
            }
        })
    }

    async fn read(&self, response: Response) -> Result<(StatusCode, Value), Failure> {
        let url = &self.settings.url;
        let status = response.status();
        let place = response.headers().get(LOCATION);
        if let Some(place) = place.filter(|_| status.is_redirection()) {
            let place = String::from_utf8_lossy(place.as_bytes());
            // Before an @ there may be a password.
            let place = if place.contains('@') {
                "another URL"
            } else {
                &place
            };
            return Err(Failure::NotTheService(format!(
                "the service is elsewhere: {url} redirects to {place}; use that as --url"
            )));
        }
        let body = body::read(response).await.map_err(|error| match error {
            BodyError::Lost(error) => Failure::NoAnswer(format!("{url}: {}", cause(&error))),
            BodyError::TooLong => self.not_the_service(status),
        })?;
        let body = serde_json::from_slice(&body).map_err(|_| self.not_the_service(status))?;
        Ok((status, body))
    }

    /// The failure for an answer that the service cannot have given.
    fn not_the_service(&self, status: StatusCode) -> Failure {
        let url = &self.settings.url;
        Failure::NotTheService(format!(
            "{url} answers {status}, but is not this service; is the URL right?"
        ))
    }
}

fn retry_after(response: &Response) -> Duration {
    let header = response.headers().get(RETRY_AFTER);
    let seconds = header.and_then(|value| value.to_str().ok()?.trim().parse().ok());
    seconds.map_or(DEFAULT_RETRY_AFTER, Duration::from_secs)
}
