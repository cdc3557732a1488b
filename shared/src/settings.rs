//! What a deployment and Lambda set through the environment.

use std::env::VarError;
use std::ops::RangeInclusive;

use aws_sdk_dynamodb::config::Credentials;
use thiserror::Error;

use crate::store::TableNames;

/// The answer is immediate for up to that many agents unless `SYNC_LIMIT` says otherwise (the HTTP contract).
pub const DEFAULT_SYNC_LIMIT: usize = 100;
/// What `SYNC_LIMIT` may be: up to what one `BatchGetItem` reads.
pub const SYNC_LIMITS: RangeInclusive<usize> = 1..=crate::store::MAX_BATCH_GET;

/// Jobs are kept so long unless `JOB_RETENTION_DAYS` says otherwise (the HTTP contract).
pub const DEFAULT_JOB_RETENTION_DAYS: usize = 30;
/// What `JOB_RETENTION_DAYS` may be: at least as long as SQS keeps a message, 14 days; at most ten years.
pub const JOB_RETENTIONS_DAYS: RangeInclusive<usize> = 14..=3_650;

/// Every variable that is read and set by a deployment.
pub const VARIABLES: [&str; 8] = [
    "AGENTS_TABLE",
    "TEAM_MEMBERS_TABLE",
    "JOBS_TABLE",
    "API_TOKENS_TABLE",
    "JOBS_QUEUE_URL",
    "DOMAIN_NAME",
    "SYNC_LIMIT",
    "JOB_RETENTION_DAYS",
];

/// Every other variable that is read. Lambda sets the region and the credentials ("Defined runtime environment variables",
/// AWS Lambda Developer Guide); addresses are set where AWS is emulated ("Service-specific endpoints", AWS SDKs and Tools
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

/// The settings of a deployment.
#[derive(Clone, Debug)]
pub struct Settings {
    /// From `AGENTS_TABLE`, `TEAM_MEMBERS_TABLE`, `JOBS_TABLE`, `API_TOKENS_TABLE`.
    pub tables: TableNames,
    /// From `JOBS_QUEUE_URL`.
    pub jobs_queue_url: String,
    /// From `DOMAIN_NAME`: where set, callers reach the service as `{tenant}.{domain}`.
    pub domain: Option<String>,
    /// From `SYNC_LIMIT`: so many agents are logged out while the caller waits; more become a job.
    pub sync_limit: usize,
    /// From `JOB_RETENTION_DAYS`: a job can be looked up for so long.
    pub job_retention_days: usize,
    /// From [`AWS_VARIABLES`].
    pub aws: AwsSettings,
}

/// Where AWS is, and as whom it is called.
#[derive(Clone, Debug)]
pub struct AwsSettings {
    /// From `AWS_REGION`.
    pub region: String,
    /// From `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_SESSION_TOKEN`. They outlive the process.
    pub credentials: Credentials,
    /// From `AWS_ENDPOINT_URL_DYNAMODB`, or else `AWS_ENDPOINT_URL`.
    pub dynamodb_url: Option<String>,
    /// From `AWS_ENDPOINT_URL_SQS`, or else `AWS_ENDPOINT_URL`.
    pub sqs_url: Option<String>,
}

/// A setting that is missing or makes no sense.
#[derive(Debug, PartialEq, Eq, Error)]
pub enum SettingsError {
    /// A variable that is needed is not set.
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
}

impl Settings {
    /// Reads the environment.
    ///
    /// # Errors
    /// Names the variable that is missing or wrong.
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that reads the environment"
    )]
    pub fn from_env() -> Result<Self, SettingsError> {
        Self::from_variables(|name| std::env::var(name))
    }

    fn from_variables(
        variable: impl Fn(&str) -> Result<String, VarError>,
    ) -> Result<Self, SettingsError> {
        // An empty variable counts as not set, as a template cannot leave one out.
        let given = |name| match variable(name) {
            Ok(text) if text.is_empty() => Ok(None),
            Ok(text) => Ok(Some(text)),
            Err(VarError::NotPresent) => Ok(None),
            Err(VarError::NotUnicode(_)) => Err(SettingsError::NotUtf8(name)),
        };
        let needed = |name| given(name)?.ok_or(SettingsError::Missing(name));
        let service_url = |name| match given(name)? {
            Some(url) => Ok(Some(url)),
            None => given("AWS_ENDPOINT_URL"),
        };
        Ok(Self {
            tables: TableNames {
                agents: needed("AGENTS_TABLE")?,
                team_members: needed("TEAM_MEMBERS_TABLE")?,
                jobs: needed("JOBS_TABLE")?,
                api_tokens: needed("API_TOKENS_TABLE")?,
            },
            jobs_queue_url: needed("JOBS_QUEUE_URL")?,
            domain: given("DOMAIN_NAME")?,
            sync_limit: match given("SYNC_LIMIT")? {
                Some(text) => within(SYNC_LIMITS, "SYNC_LIMIT", &text)?,
                None => DEFAULT_SYNC_LIMIT,
            },
            job_retention_days: match given("JOB_RETENTION_DAYS")? {
                Some(text) => within(JOB_RETENTIONS_DAYS, "JOB_RETENTION_DAYS", &text)?,
                None => DEFAULT_JOB_RETENTION_DAYS,
            },
            aws: AwsSettings {
                region: needed("AWS_REGION")?,
                credentials: Credentials::new(
                    needed("AWS_ACCESS_KEY_ID")?,
                    needed("AWS_SECRET_ACCESS_KEY")?,
                    given("AWS_SESSION_TOKEN")?,
                    None,
                    "environment",
                ),
                dynamodb_url: service_url("AWS_ENDPOINT_URL_DYNAMODB")?,
                sqs_url: service_url("AWS_ENDPOINT_URL_SQS")?,
            },
        })
    }
}

fn within(
    bounds: RangeInclusive<usize>,
    name: &'static str,
    text: &str,
) -> Result<usize, SettingsError> {
    let number = text.parse().ok().filter(|number| bounds.contains(number));
    number.ok_or(SettingsError::OutOfBounds {
        name,
        min: *bounds.start(),
        max: *bounds.end(),
    })
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::collections::BTreeSet;
    use std::ffi::OsString;

    use super::*;

    /// Every variable set to its own name, but for `changed`.
    fn read(changed: &str, value: &Result<&str, VarError>) -> Result<Settings, SettingsError> {
        Settings::from_variables(|name| {
            let set = |text: &str| Ok(text.to_owned());
            match name {
                name if name == changed => value.clone().map(str::to_owned),
                "SYNC_LIMIT" => set("7"),
                "JOB_RETENTION_DAYS" => set("20"),
                name => set(name),
            }
        })
    }

    #[test]
    fn every_variable_that_is_read_is_listed() {
        let read = RefCell::new(BTreeSet::new());
        let settings = Settings::from_variables(|name| {
            read.borrow_mut().insert(name.to_owned());
            match name {
                name if name.starts_with("AWS_ENDPOINT_URL") => Err(VarError::NotPresent),
                _ => Ok("20".to_owned()),
            }
        });
        assert!(settings.is_ok());
        let listed = VARIABLES.into_iter().chain(AWS_VARIABLES);
        assert_eq!(read.into_inner(), listed.map(str::to_owned).collect());
    }

    #[test]
    fn what_is_set_is_read() {
        let settings = read("", &Ok("")).unwrap();
        assert_eq!(settings.tables.agents, "AGENTS_TABLE");
        assert_eq!(settings.domain.as_deref(), Some("DOMAIN_NAME"));
        assert_eq!(settings.jobs_queue_url, "JOBS_QUEUE_URL");
        assert_eq!((settings.sync_limit, settings.job_retention_days), (7, 20));
        let AwsSettings {
            region,
            credentials,
            ..
        } = settings.aws;
        assert_eq!(region, "AWS_REGION");
        assert_eq!(credentials.access_key_id(), "AWS_ACCESS_KEY_ID");
        assert_eq!(credentials.secret_access_key(), "AWS_SECRET_ACCESS_KEY");
        assert_eq!(credentials.session_token(), Some("AWS_SESSION_TOKEN"));
    }

    #[test]
    fn an_address_of_a_service_goes_before_that_of_all() {
        let unset = Err(VarError::NotPresent);
        let aws = read("AWS_ENDPOINT_URL_SQS", &unset).unwrap().aws;
        let expected = ["AWS_ENDPOINT_URL_DYNAMODB", "AWS_ENDPOINT_URL"];
        assert_eq!([aws.dynamodb_url.unwrap(), aws.sqs_url.unwrap()], expected);
        let none = Settings::from_variables(|name| match name {
            name if name.starts_with("AWS_ENDPOINT_URL") => Err(VarError::NotPresent),
            _ => Ok("20".to_owned()),
        });
        let aws = none.unwrap().aws;
        assert_eq!((aws.dynamodb_url, aws.sqs_url), (None, None));
    }

    #[test]
    fn what_is_not_set_or_empty_has_a_default_or_is_named() {
        for unset in [Err(VarError::NotPresent), Ok("")] {
            let limit = read("SYNC_LIMIT", &unset).unwrap().sync_limit;
            assert_eq!(limit, DEFAULT_SYNC_LIMIT);
            assert_eq!(read("DOMAIN_NAME", &unset).unwrap().domain, None);
            let error = read("AGENTS_TABLE", &unset).unwrap_err();
            assert_eq!(error, SettingsError::Missing("AGENTS_TABLE"));
        }
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        for limit in ["0", "101", "-1", "ten", "1.5"] {
            let error = read("SYNC_LIMIT", &Ok(limit)).unwrap_err();
            let text = "the environment variable SYNC_LIMIT is not a number from 1 to 100";
            assert_eq!(error.to_string(), text, "{limit}");
        }
        let error = read("JOB_RETENTION_DAYS", &Ok("13")).unwrap_err();
        assert!(error.to_string().contains("from 14 to 3650"), "{error}");
        // Taken for "not set", it would switch the check of the host off.
        let error = read("DOMAIN_NAME", &Err(VarError::NotUnicode(OsString::new()))).unwrap_err();
        assert_eq!(error, SettingsError::NotUtf8("DOMAIN_NAME"));
    }
}
