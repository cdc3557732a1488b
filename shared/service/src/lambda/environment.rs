//! What a function reads from its environment: the settings of a deployment, and what Lambda sets.

use std::cell::OnceCell;
use std::env::VarError;
use std::ops::RangeInclusive;
use std::time::Duration;

use domain::agents::{BusyStatusesError, Statuses};
use domain::limits::{
    ALLOWED_JOB_RETENTION_DAYS, ALLOWED_SYNC_LIMITS, DEFAULT_JOB_RETENTION_DAYS, DEFAULT_SYNC_LIMIT,
};
use store::connection::{self, AwsCredentials, AwsSettings, Backoff, RetryLimit, SharedHttpClient};
use store::{JobQueue, Store, TableNames};
use thiserror::Error;

use crate::authentication::Authenticator;
use crate::clock::Clock;

/// Every variable that a deployment sets.
pub const VARIABLES: [&str; 10] = [
    "AGENTS_TABLE",
    "TEAM_MEMBERS_TABLE",
    "JOBS_TABLE",
    "API_TOKENS_TABLE",
    "BUSY_STATUSES",
    "PLANS_QUEUE_URL",
    "JOBS_QUEUE_URL",
    "DOMAIN_NAME",
    "SYNC_LIMIT",
    "JOB_RETENTION_DAYS",
];

/// Every other variable that is read. Lambda sets the region and the credentials ("Defined runtime environment variables",
/// AWS Lambda Developer Guide); endpoints are set where AWS is emulated ("Service-specific endpoints", AWS SDKs and Tools
/// Reference Guide).
pub const AWS_VARIABLES: [&str; 7] = [
    "AWS_REGION",
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_ENDPOINT_URL_DYNAMODB",
    "AWS_ENDPOINT_URL_SQS",
    "AWS_ENDPOINT_URL",
];

/// Reads the variable of a name.
type Variable = dyn Fn(&str) -> Result<String, VarError>;

/// The environment of a function. Each method reads the variables that it names, and no others, so a function needs only the
/// variables of what it uses, and the names of all tables.
pub struct Environment {
    variable: Box<Variable>,
    http_client: OnceCell<SharedHttpClient>,
}

/// A setting that is missing or invalid.
#[derive(Debug, PartialEq, Eq, Error)]
pub enum SettingsError {
    /// A required variable is not set.
    #[error("the environment variable {0} is not set")]
    Missing(&'static str),
    /// A variable is not in UTF-8.
    #[error("the environment variable {0} is not in UTF-8")]
    NotUtf8(&'static str),
    /// A variable is not a number within its bounds.
    #[error("the environment variable {name} is not a number from {min} to {max}")]
    OutOfBounds {
        /// The variable.
        name: &'static str,
        /// The smallest number it may be.
        min: usize,
        /// The largest.
        max: usize,
    },
    /// A variable does not hold the busy statuses of a deployment.
    #[error("the environment variable {name} is wrong: {reason}")]
    BusyStatuses {
        /// The variable.
        name: &'static str,
        /// What is wrong with it.
        reason: BusyStatusesError,
    },
}

impl Environment {
    /// The environment of this process.
    #[must_use]
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that reads the environment"
    )]
    pub fn of_process() -> Self {
        Self::from_fn(|name| std::env::var(name))
    }

    /// An environment that has the variables that `variable` returns.
    #[must_use]
    pub fn from_fn(variable: impl Fn(&str) -> Result<String, VarError> + 'static) -> Self {
        Self {
            variable: Box::new(variable),
            http_client: OnceCell::new(),
        }
    }

    /// DynamoDB, with the tables of `AGENTS_TABLE`, `TEAM_MEMBERS_TABLE`, `JOBS_TABLE` and `API_TOKENS_TABLE`. The busy statuses
    /// are those of `BUSY_STATUSES`, with commas between them. What fails for a passing reason is tried again until `limit`.
    ///
    /// # Errors
    /// Names the variable that is missing or invalid.
    pub fn store(&self, limit: RetryLimit) -> Result<Store, SettingsError> {
        let dynamodb = connection::dynamodb(&self.aws()?, self.http_client());
        let store = Store::new(dynamodb, self.tables()?, Backoff::AWS);
        Ok(store
            .with_statuses(self.statuses()?)
            .with_retry_limit(limit))
    }

    /// The queue of `PLANS_QUEUE_URL`, which plans are sent to.
    ///
    /// # Errors
    /// Names the variable that is missing or invalid.
    pub fn plans_queue(&self, limit: RetryLimit) -> Result<JobQueue, SettingsError> {
        self.queue("PLANS_QUEUE_URL", limit)
    }

    /// The queue of `JOBS_QUEUE_URL`, which chunks are sent to.
    ///
    /// # Errors
    /// Names the variable that is missing or invalid.
    pub fn jobs_queue(&self, limit: RetryLimit) -> Result<JobQueue, SettingsError> {
        self.queue("JOBS_QUEUE_URL", limit)
    }

    /// Authentication by the tokens of `store`. If `DOMAIN_NAME` is set, callers must reach the service as
    /// `{tenant}.{domain name}`.
    ///
    /// # Errors
    /// `DOMAIN_NAME` is not in UTF-8.
    pub fn authenticator(
        &self,
        store: Store,
        clock: Clock,
    ) -> Result<Authenticator, SettingsError> {
        Ok(Authenticator::new(store, clock, self.domain_name()?))
    }

    /// From `SYNC_LIMIT`: the maximum number of agents that are logged out while the caller waits; a request for more becomes
    /// a job.
    ///
    /// # Errors
    /// It is not in [`ALLOWED_SYNC_LIMITS`].
    pub fn sync_limit(&self) -> Result<usize, SettingsError> {
        self.number("SYNC_LIMIT", ALLOWED_SYNC_LIMITS, DEFAULT_SYNC_LIMIT)
    }

    /// From `JOB_RETENTION_DAYS`: how long a job can be looked up.
    ///
    /// # Errors
    /// It is not in [`ALLOWED_JOB_RETENTION_DAYS`].
    pub fn job_retention(&self) -> Result<Duration, SettingsError> {
        let (name, default) = ("JOB_RETENTION_DAYS", DEFAULT_JOB_RETENTION_DAYS);
        let days = self.number(name, ALLOWED_JOB_RETENTION_DAYS, default)?;
        Ok(Duration::from_hours(24 * days as u64))
    }

    fn statuses(&self) -> Result<Statuses, SettingsError> {
        let name = "BUSY_STATUSES";
        match self.optional(name)? {
            None => Ok(Statuses::default()),
            Some(busy) => Statuses::with_busy(busy.split(','))
                .map_err(|reason| SettingsError::BusyStatuses { name, reason }),
        }
    }

    fn queue(&self, url: &'static str, limit: RetryLimit) -> Result<JobQueue, SettingsError> {
        let sqs = connection::sqs(&self.aws()?, self.http_client());
        let queue = JobQueue::new(sqs, self.required(url)?, Backoff::AWS);
        Ok(queue.with_retry_limit(limit))
    }

    fn domain_name(&self) -> Result<Option<String>, SettingsError> {
        self.optional("DOMAIN_NAME")
    }

    fn tables(&self) -> Result<TableNames, SettingsError> {
        Ok(TableNames {
            agents: self.required("AGENTS_TABLE")?,
            team_members: self.required("TEAM_MEMBERS_TABLE")?,
            jobs: self.required("JOBS_TABLE")?,
            api_tokens: self.required("API_TOKENS_TABLE")?,
        })
    }

    fn aws(&self) -> Result<AwsSettings, SettingsError> {
        let credentials = AwsCredentials::new(
            self.required("AWS_ACCESS_KEY_ID")?,
            self.required("AWS_SECRET_ACCESS_KEY")?,
            self.optional("AWS_SESSION_TOKEN")?,
            None,
            "environment",
        );
        Ok(AwsSettings {
            region: self.required("AWS_REGION")?,
            credentials,
            dynamodb_url: self.endpoint("AWS_ENDPOINT_URL_DYNAMODB")?,
            sqs_url: self.endpoint("AWS_ENDPOINT_URL_SQS")?,
        })
    }

    /// One HTTP client for all services: what TLS needs is set up once.
    fn http_client(&self) -> SharedHttpClient {
        self.http_client
            .get_or_init(connection::http_client)
            .clone()
    }

    fn endpoint(&self, name: &'static str) -> Result<Option<String>, SettingsError> {
        match self.optional(name)? {
            Some(url) => Ok(Some(url)),
            None => self.optional("AWS_ENDPOINT_URL"),
        }
    }

    fn number(
        &self,
        name: &'static str,
        bounds: RangeInclusive<usize>,
        default: usize,
    ) -> Result<usize, SettingsError> {
        let Some(text) = self.optional(name)? else {
            return Ok(default);
        };
        let number = text.parse().ok().filter(|number| bounds.contains(number));
        number.ok_or(SettingsError::OutOfBounds {
            name,
            min: *bounds.start(),
            max: *bounds.end(),
        })
    }

    fn required(&self, name: &'static str) -> Result<String, SettingsError> {
        self.optional(name)?.ok_or(SettingsError::Missing(name))
    }

    /// An empty variable counts as not set, as a template cannot leave one out.
    fn optional(&self, name: &'static str) -> Result<Option<String>, SettingsError> {
        match (self.variable)(name) {
            Ok(text) if text.is_empty() => Ok(None),
            Ok(text) => Ok(Some(text)),
            Err(VarError::NotPresent) => Ok(None),
            Err(VarError::NotUnicode(_)) => Err(SettingsError::NotUtf8(name)),
        }
    }
}

#[cfg(test)]
mod tests;
