//! `GET …/force_logout/jobs/{id}`: looks a job up.

use std::time::Duration;

use service::authentication::Authenticator;
use service::clock::Clock;
use service::lambda::environment::{Environment, SettingsError};
use service::lambda::http::{self, Answer, HttpError, RawValue, Request, StatusCode};
use store::Store;
use store::connection::RetryLimit;
use wire::http::JobBody;

/// The time limit of an answer; the function has ten seconds.
pub const ANSWER_TIMEOUT: Duration = Duration::from_secs(8);

/// What the function keeps between invocations.
pub struct JobStatusFunction {
    /// Who calls.
    pub authenticator: Authenticator,
    /// DynamoDB.
    pub store: Store,
    /// The present time.
    pub clock: Clock,
}

impl JobStatusFunction {
    /// Reads the settings of a deployment.
    ///
    /// # Errors
    /// A variable is missing or invalid.
    pub fn from_environment(environment: &Environment) -> Result<Self, SettingsError> {
        let store = environment.store(RetryLimit::WhileCallerWaits)?;
        let clock = Clock::system();
        Ok(Self {
            authenticator: environment.authenticator(store.clone(), clock.clone())?,
            store,
            clock,
        })
    }

    /// Answers one request, whatever the event holds.
    pub async fn handle(&self, event: &RawValue) -> Answer {
        http::answer_within(ANSWER_TIMEOUT, self.job_status(event)).await
    }

    async fn job_status(&self, event: &RawValue) -> Result<Answer, HttpError> {
        let request = &Request::of_event(event)?;
        let job_id = http::job_id(request);
        let tenant = http::authenticate(&self.authenticator, request).await?;
        let job_id = job_id?;
        http::refuse_query_parameters(request)?;
        let now = self.clock.now();
        let job = self.store.read_job(&tenant, job_id, now).await?;
        let job = job.ok_or(HttpError::NotFound)?;
        Ok(http::json(StatusCode::OK, &JobBody::new(job_id, &job, now)))
    }
}
