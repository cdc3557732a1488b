//! `POST …/force_logout`: logs out the agents a request selects, and says what became of each.

mod answer;
mod job;

use std::time::Duration;

use lambda_http::http::Method;
use lambda_http::{Body, Request, Response};
use logout::agent::RequestId;
use logout::app::App;
use logout::candidates::{Candidates, candidates_up_to};
use logout::decision::{Outcome, SessionPin};
use logout::http::{self, FORCE_LOGOUT_PATH, HttpError};
use logout::ids::AgentId;
use logout::log_out::{LogoutRequest, log_out_agents};
use logout::request::Selectors;
use logout::selection::Selection;
use logout::store::{Freshness, Patience};
use logout::tenant::Tenant;
use tokio::time::timeout;
use tracing::info;
use uuid::Uuid;

/// An answer takes at most that long; API Gateway waits for 30 seconds (quotas of HTTP APIs).
const ANSWER_TIMEOUT: Duration = Duration::from_secs(25);

/// Answers one request.
pub async fn handle(app: &App, request: Request) -> Response<Body> {
    let answer = timeout(ANSWER_TIMEOUT, force_logout(app, &request)).await;
    http::answer(answer.unwrap_or(Err(HttpError::TimedOut)))
}

async fn force_logout(app: &App, request: &Request) -> Result<Response<Body>, HttpError> {
    http::require_route(request, &Method::POST, FORCE_LOGOUT_PATH)?;
    let tenant = app.authenticate(request).await?;
    let selectors = Selectors::parse(http::json_body(request)?)?;
    let selection = Selection::of(&selectors)?;
    match candidates_up_to(app.sync_limit, &app.store, &tenant, &selection).await? {
        Candidates::All(agent_ids) => log_out_now(app, tenant, &agent_ids).await,
        Candidates::TooMany => job::accept(app, request, tenant, selectors, &selection).await,
    }
}

async fn log_out_now(
    app: &App,
    tenant: Tenant,
    agent_ids: &[AgentId],
) -> Result<Response<Body>, HttpError> {
    // A name of our own, not the gateway's: the same one twice would pass off an old logout as this request's.
    let id = RequestId::new(Uuid::new_v4().to_string());
    let request = LogoutRequest {
        tenant,
        id,
        at: app.clock.now(),
        pin: SessionPin::Any,
        patience: Patience::Answer,
    };
    let store = &app.store;
    let found = store.read_agents(&request.tenant, agent_ids, Freshness::Eventual);
    let settled = log_out_agents(store, &request, agent_ids, found.await?).await?;
    let count = |outcome| {
        settled
            .iter()
            .filter(|agent| agent.outcome == outcome)
            .count()
    };
    info!(
        tenant = %request.tenant,
        request = %request.id,
        candidates = agent_ids.len(),
        logged_out = count(Outcome::LoggedOut),
        deferred = count(Outcome::Deferred),
        "logged out agents",
    );
    answer::of_settled(settled)
}
