//! `POST …/force_logout`: logs out the selected agents while the caller waits, or accepts a job.

use std::time::Duration;

use domain::ids::JobId;
use domain::logout::Outcome;
use service::authentication::Authenticator;
use service::clock::Clock;
use service::force_logout::{AgentOutcome, SelectedAgents, log_out_at_once, resolve_up_to};
use service::jobs::accept_job;
use service::lambda::environment::{Environment, SettingsError};
use service::lambda::http::header::{LINK, LOCATION};
use service::lambda::http::{self, Answer, HttpError, Method, RawValue, Request, StatusCode};
use store::connection::RetryLimit;
use store::{JobQueue, Store};
use wire::http::paths::FORCE_LOGOUT_PATH;
use wire::http::{AcceptedJobBody, AgentRow, SelectorsBody};

/// The time limit of an answer; API Gateway waits for 30 seconds (quotas of HTTP APIs).
pub const ANSWER_TIMEOUT: Duration = Duration::from_secs(25);

/// What the function keeps between invocations.
pub struct ForceLogoutFunction {
    /// Who calls.
    pub authenticator: Authenticator,
    /// DynamoDB.
    pub store: Store,
    /// Where the plans of jobs go.
    pub plans: JobQueue,
    /// The present time.
    pub clock: Clock,
    /// The maximum number of agents that are logged out while the caller waits; a request for more becomes a job.
    pub sync_limit: usize,
    /// How long a job can be looked up.
    pub job_retention: Duration,
}

impl ForceLogoutFunction {
    /// Reads the settings of a deployment.
    ///
    /// # Errors
    /// A variable is missing or invalid.
    pub fn from_environment(environment: &Environment) -> Result<Self, SettingsError> {
        let limit = RetryLimit::WhileCallerWaits;
        let (store, clock) = (environment.store(limit)?, Clock::system());
        Ok(Self {
            authenticator: environment.authenticator(store.clone(), clock.clone())?,
            store,
            plans: environment.plans_queue(limit)?,
            clock,
            sync_limit: environment.sync_limit()?,
            job_retention: environment.job_retention()?,
        })
    }

    /// Answers one request, whatever the event holds.
    pub async fn handle(&self, event: &RawValue) -> Answer {
        http::answer_within(ANSWER_TIMEOUT, self.force_logout(event)).await
    }

    async fn force_logout(&self, event: &RawValue) -> Result<Answer, HttpError> {
        let request = &Request::of_event(event)?;
        http::require_route(request, &Method::POST, FORCE_LOGOUT_PATH)?;
        let tenant = http::authenticate(&self.authenticator, request).await?;
        http::refuse_query_parameters(request)?;
        let (selectors, selection) = SelectorsBody::parse(&http::json_body(request)?)?;
        match resolve_up_to(&self.store, &tenant, &selection, self.sync_limit).await? {
            SelectedAgents::All(agent_ids) => {
                let now = self.clock.now();
                answer_rows(log_out_at_once(&self.store, tenant, &agent_ids, now).await?)
            }
            SelectedAgents::TooMany => {
                let job_id = accept_job(
                    &self.store,
                    &self.plans,
                    tenant,
                    selection,
                    self.clock.now(),
                    self.job_retention,
                )
                .await?;
                Ok(answer_job(request, job_id, selectors))
            }
        }
    }
}

/// 200 if any agent was logged out; 400 if all are on a call or chat, or no agent was found (the HTTP contract).
fn answer_rows(outcomes: Vec<AgentOutcome>) -> Result<Answer, HttpError> {
    let mut rows: Vec<AgentRow> = outcomes.into_iter().filter_map(row).collect();
    if rows.is_empty() {
        return Err(HttpError::NoAgentFound);
    }
    rows.sort_unstable_by_key(|row| row.agent_id);
    let status = if rows.iter().all(AgentRow::is_deferred) {
        StatusCode::BAD_REQUEST
    } else {
        StatusCode::OK
    };
    Ok(http::json(status, &rows))
}

fn row(agent: AgentOutcome) -> Option<AgentRow> {
    let (status, profile) = agent.found?;
    match agent.outcome {
        Outcome::LoggedOut => Some(AgentRow::logged_out(agent.agent_id, profile, &status)),
        Outcome::Deferred => Some(AgentRow::deferred(agent.agent_id, profile, &status)),
        Outcome::Skipped(_) => None,
    }
}

fn answer_job(request: &Request, id: JobId, selectors: SelectorsBody) -> Answer {
    let link = http::job_url(request, id);
    let body = AcceptedJobBody::new(id, link.clone(), selectors);
    let mut answer = http::json(StatusCode::OK, &body);
    http::set_header(&mut answer, LOCATION, &link);
    http::set_header(&mut answer, LINK, &format!("<{link}>; rel=\"status\""));
    answer
}
