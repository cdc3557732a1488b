//! The handle to DynamoDB that all verbs are methods of.

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::Builder;
use domain::agents::Statuses;

use crate::connection::{
    Backoff, Retries, RetryLimit, Tries, sdk_retries, timeouts, timeouts_for_operator,
};
use crate::tables::TableNames;

/// The agents, teams, tokens and jobs of all tenants.
#[derive(Clone)]
pub struct Store {
    pub(crate) client: Client,
    pub(crate) tables: TableNames,
    pub(crate) retries: Retries,
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
        let config = config.retry_config(sdk_retries(backoff));
        Self {
            client: Client::from_conf(config.build()),
            tables,
            retries: Retries {
                backoff,
                limit: RetryLimit::WhileCallerWaits,
            },
            statuses: Statuses::default(),
        }
    }

    /// The same, for a function that is not waited for, if `limit` is [`RetryLimit::UntilDeadline`]. Without it, what fails for a
    /// passing reason is tried again for about a second.
    #[must_use]
    pub fn with_retry_limit(mut self, limit: RetryLimit) -> Self {
        self.retries.limit = limit;
        self
    }

    /// The tries of something that begins now, as long as this store's calls are tried.
    #[must_use]
    pub fn tries(&self) -> Tries {
        self.retries.tries()
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
