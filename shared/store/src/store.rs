//! The handle to DynamoDB that all verbs are methods of.

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::Builder;
use domain::agents::Statuses;

use crate::connection::{Backoff, retries, timeouts, timeouts_for_operator};
use crate::tables::TableNames;

/// The agents, teams, tokens and jobs of all tenants.
#[derive(Clone)]
pub struct Store {
    pub(crate) client: Client,
    pub(crate) tables: TableNames,
    pub(crate) backoff: Backoff,
    pub(crate) statuses: Statuses,
}

impl Store {
    /// The store behind `config`, which says where DynamoDB is and with which credentials; time limits and retries
    /// are set here.
    #[must_use]
    pub fn new(config: Builder, tables: TableNames, backoff: Backoff) -> Self {
        Self::with(config.timeout_config(timeouts()), tables, backoff)
    }

    /// The same for an operator's command, which may be far from the region.
    #[must_use]
    pub fn for_operator(config: Builder, tables: TableNames, backoff: Backoff) -> Self {
        let config = config.timeout_config(timeouts_for_operator());
        Self::with(config, tables, backoff)
    }

    fn with(config: Builder, tables: TableNames, backoff: Backoff) -> Self {
        let config = config.retry_config(retries(backoff));
        Self {
            client: Client::from_conf(config.build()),
            tables,
            backoff,
            statuses: Statuses::default(),
        }
    }

    /// The same, for a deployment with these statuses. Without it, the busy ones are `In-call` and `In-chat`.
    #[must_use]
    pub fn with_statuses(self, statuses: Statuses) -> Self {
        Self { statuses, ..self }
    }

    /// The statuses of the deployment.
    #[must_use]
    pub fn statuses(&self) -> &Statuses {
        &self.statuses
    }
}
