//! What callers do: log agents out, and look jobs up.

use std::fmt::Display;

use reqwest::{Method, RequestBuilder};
use serde_json::Value;
use wire::http::paths::{FORCE_LOGOUT_PATH, JOBS_PATH};

use super::{TestStack, token};
use crate::answer::{Answer, send};

impl TestStack {
    /// Posts a request to log agents out, with the tenant's valid token.
    pub async fn post_force_logout(&self, tenant: &str, body: &Value) -> Answer {
        let request = self.authorized(Method::POST, FORCE_LOGOUT_PATH, tenant);
        send(request.json(body)).await
    }

    /// Looks a job up, with the tenant's valid token.
    pub async fn get_job(&self, tenant: &str, job_id: impl Display) -> Answer {
        let path = format!("{JOBS_PATH}{job_id}");
        send(self.authorized(Method::GET, &path, tenant)).await
    }

    /// A request with the tenant's valid token, to build on.
    pub fn authorized(&self, method: Method, path: &str, tenant: &str) -> RequestBuilder {
        let request = self.request(method, path);
        request.basic_auth(tenant, Some(token(tenant)))
    }

    /// A request without credentials, to build on.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let url = format!("http://{}{path}", self.address);
        self.caller.request(method, url)
    }

    /// Posts a request that becomes a job, has the job completed, and returns its counts as [`TestStack::completed_job`].
    pub async fn run_job(&self, tenant: &str, body: &Value) -> String {
        let accepted = self.post_force_logout(tenant, body).await.json();
        assert_eq!(accepted["status"], "created", "{accepted}");
        self.drain_jobs().await;
        self.completed_job(tenant, &accepted["id"]).await
    }

    /// The counts of a completed job, such as `1 logged out, 2 deferred, 0 skipped`. Fails unless every agent counts once.
    pub async fn completed_job(&self, tenant: &str, job_id: impl Display) -> String {
        let job = self.get_job(tenant, job_id).await.json();
        assert_eq!(job["status"], "completed", "{job}");
        let [logged_out, deferred, skipped] =
            ["logged_out", "deferred", "skipped"].map(|key| job[key].as_u64().unwrap());
        assert_eq!(job["total"], logged_out + deferred + skipped, "{job}");
        format!("{logged_out} logged out, {deferred} deferred, {skipped} skipped")
    }
}
