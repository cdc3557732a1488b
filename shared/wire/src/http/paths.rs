//! The paths of the API.

/// Where agents are logged out.
pub const FORCE_LOGOUT_PATH: &str = "/apps/api/v1/agent_statuses/force_logout";
/// Where a job is looked up, as a route of API Gateway.
pub const JOB_ROUTE: &str = "/apps/api/v1/agent_statuses/force_logout/jobs/{id}";
/// Under which a job is looked up, by its number.
pub const JOBS_PATH: &str = "/apps/api/v1/agent_statuses/force_logout/jobs/";
