//! The names of teams.

use std::collections::BTreeMap;

use domain::ids::TeamId;
use domain::tenant::Tenant;

use super::overwrite_agents::PARALLEL_BATCHES;
use crate::error::StoreError;
use crate::items::attributes::{Item, number, read_number, read_text, text};
use crate::store::Store;

/// The names of a tenant's teams.
pub type TeamNames = BTreeMap<TeamId, String>;

impl Store {
    /// Names teams; those that have a name get the new one, and others keep theirs.
    ///
    /// # Errors
    /// DynamoDB refused, or kept leaving items unprocessed; some of the teams are named then. Safe to repeat.
    pub async fn put_team_names(
        &self,
        tenant: &Tenant,
        names: &TeamNames,
    ) -> Result<(), StoreError> {
        let items = names.iter().map(|(team_id, name)| {
            Item::from([
                ("team_key".to_owned(), text(tenant.as_str())),
                // The table's sort key: in a tenant's own partition it is the team.
                ("agent_id".to_owned(), number(*team_id)),
                ("team_name".to_owned(), text(name)),
            ])
        });
        self.put_all(&self.tables.team_members, items, PARALLEL_BATCHES)
            .await
    }

    /// The teams of a tenant that have a name.
    ///
    /// # Errors
    /// DynamoDB refused.
    pub async fn team_names(&self, tenant: &Tenant) -> Result<TeamNames, StoreError> {
        let query = self.client.query().table_name(&self.tables.team_members);
        let query = query
            .consistent_read(true)
            .key_condition_expression("team_key = :tenant")
            .expression_attribute_values(":tenant", text(tenant.as_str()));
        let items: Result<Vec<Item>, _> = query.into_paginator().items().send().collect().await;
        let items = items.map_err(StoreError::call("Query"))?;
        Ok(items.iter().filter_map(team_name).collect())
    }
}

fn team_name(item: &Item) -> Option<(TeamId, String)> {
    let team_id = TeamId::new(read_number(item, "agent_id")?)?;
    Some((team_id, read_text(item, "team_name")?.to_owned()))
}
