//! Accepting a job: the plan message is the commit, everything else can be made up for.

use lambda_http::http::StatusCode;
use lambda_http::http::header::{HeaderValue, LINK, LOCATION};
use lambda_http::{Body, Request, Response};
use logout::app::App;
use logout::http::{self, HttpError};
use logout::ids::JobId;
use logout::job::{AcceptedJob, JobRef};
use logout::logging::error_chain;
use logout::message::Message;
use logout::request::Selectors;
use logout::selection::Selection;
use logout::tenant::Tenant;
use serde::Serialize;
use tracing::{info, warn};

/// The job, and the selectors as they were given.
#[derive(Serialize)]
struct JobAnswer {
    id: JobId,
    status: &'static str,
    link: String,
    #[serde(flatten)]
    selectors: Selectors,
}

/// Makes a request a job, without reading any agents.
pub async fn accept(
    app: &App,
    request: &Request,
    tenant: Tenant,
    selectors: Selectors,
    selection: &Selection,
) -> Result<Response<Body>, HttpError> {
    let accepted_at = app.clock.now();
    let job_id = app.store.next_job_id(&tenant).await?;
    let job = JobRef {
        tenant,
        job_id,
        accepted_at,
        expires_at: accepted_at.plus(app.job_retention),
    };
    let accepted = AcceptedJob {
        job,
        selectors: selection.to_selectors(),
    };
    app.queue
        .send_all(std::iter::once(Message::Plan(accepted.clone())))
        .await?;
    info!(tenant = %accepted.job.tenant, job = %job_id, "accepted a job");
    // From here on the worker will write the job down if this does not.
    if let Err(error) = app.store.put_job(&accepted).await {
        warn!(tenant = %accepted.job.tenant, job = %job_id, error = error_chain(&error), "the job is left to the worker to write down");
    }
    Ok(answer(http::job_url(request, job_id), job_id, selectors))
}

fn answer(link: String, id: JobId, selectors: Selectors) -> Response<Body> {
    let headers = [
        (LOCATION, link.clone()),
        (LINK, format!("<{link}>; rel=\"status\"")),
    ];
    let body = JobAnswer {
        id,
        status: "created",
        link,
        selectors,
    };
    let mut response = http::json(StatusCode::OK, &body);
    for (name, value) in headers {
        // A host name that came in with a request is a header value already.
        if let Ok(value) = HeaderValue::from_str(&value) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}
