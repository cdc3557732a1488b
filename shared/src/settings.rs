//! What a deployment sets through the environment.

use std::env::VarError;

use thiserror::Error;

use crate::store::TableNames;

/// The answer is immediate for up to that many agents unless `SYNC_LIMIT` says otherwise (the HTTP contract).
pub const DEFAULT_SYNC_LIMIT: usize = 100;
/// The largest synchronous limit: what one `BatchGetItem` reads.
pub const MAX_SYNC_LIMIT: usize = crate::store::MAX_BATCH_GET;

/// The settings of a deployment.
#[derive(Clone, Debug)]
pub struct Settings {
    /// From `AGENTS_TABLE`, `TEAM_MEMBERS_TABLE`, `API_TOKENS_TABLE`.
    pub tables: TableNames,
    /// From `DOMAIN_NAME`: where set, callers reach the service as `{tenant}.{domain}`.
    pub domain: Option<String>,
    /// From `SYNC_LIMIT`: so many agents are logged out while the caller waits; more become a job.
    pub sync_limit: usize,
}

/// A setting that is missing or makes no sense.
#[derive(Debug, Error)]
pub enum SettingsError {
    /// A variable is not set, or not in UTF-8.
    #[error("the environment variable {name} is needed: {source}")]
    Missing {
        /// The variable.
        name: &'static str,
        /// What is wrong.
        source: VarError,
    },
    /// `SYNC_LIMIT` is out of bounds.
    #[error("SYNC_LIMIT is {0:?}; it must be a number from 1 to {MAX_SYNC_LIMIT}")]
    SyncLimit(String),
}

impl Settings {
    /// Reads the environment.
    ///
    /// # Errors
    /// Names the variable that is missing or wrong.
    pub fn from_env() -> Result<Self, SettingsError> {
        Ok(Self {
            tables: TableNames {
                agents: needed("AGENTS_TABLE")?,
                team_members: needed("TEAM_MEMBERS_TABLE")?,
                api_tokens: needed("API_TOKENS_TABLE")?,
            },
            domain: given("DOMAIN_NAME").ok(),
            sync_limit: match given("SYNC_LIMIT") {
                Ok(text) => sync_limit(&text)?,
                Err(_) => DEFAULT_SYNC_LIMIT,
            },
        })
    }
}

/// Reads a synchronous limit.
///
/// # Errors
/// Not a number from 1 to [`MAX_SYNC_LIMIT`].
pub fn sync_limit(text: &str) -> Result<usize, SettingsError> {
    let limit = text
        .parse()
        .ok()
        .filter(|limit| (1..=MAX_SYNC_LIMIT).contains(limit));
    limit.ok_or_else(|| SettingsError::SyncLimit(text.to_owned()))
}

fn needed(name: &'static str) -> Result<String, SettingsError> {
    given(name).map_err(|source| SettingsError::Missing { name, source })
}

/// A variable; an empty one counts as not set, as templates cannot leave one out.
#[expect(
    clippy::disallowed_methods,
    reason = "the one place that reads the environment"
)]
fn given(name: &str) -> Result<String, VarError> {
    std::env::var(name).and_then(|text| {
        if text.is_empty() {
            Err(VarError::NotPresent)
        } else {
            Ok(text)
        }
    })
}
