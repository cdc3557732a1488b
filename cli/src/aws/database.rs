//! The tables.

use anyhow::{Result, anyhow};
use store::connection::Backoff;
use store::{Store, StoreError, TableNames};

use super::{access, call_error};
use crate::arguments::aws::DatabaseArgs;

/// Opens the store.
///
/// # Errors
/// There is no region, or there are no credentials; the error says how to give them.
pub async fn open(args: &DatabaseArgs) -> Result<Store> {
    let tables = TableNames {
        agents: args.agents_table.clone(),
        team_members: args.team_members_table.clone(),
        // No command reads or writes it: jobs are looked up over HTTP.
        jobs: "jobs".to_owned(),
        api_tokens: args.api_tokens_table.clone(),
    };
    let config = access::load(&args.aws, args.endpoint_url.as_ref()).await?;
    Ok(Store::for_operator((&config).into(), tables, Backoff::AWS))
}

/// An error of the store with its cause, and what may help.
pub fn explain(error: StoreError) -> anyhow::Error {
    let sentence = call_error::sentence("DynamoDB", error);
    if sentence.contains("ResourceNotFoundException") {
        return anyhow!(
            "{sentence} (is it the right region, and are the names of the tables right?)"
        );
    }
    anyhow!(sentence)
}
