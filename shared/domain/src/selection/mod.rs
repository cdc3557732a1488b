//! Which agents a request selects: [`AddressRange`] as callers write one, and [`Selection`], the union of all selectors, with
//! the look-ups that find its agents.

mod address_range;

use std::collections::BTreeSet;

use crate::ids::{AgentId, TeamId};

pub use address_range::{AddressRange, AddressRangeError, merge_ranges};

/// A union of agents, teams and addresses, without repetition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Selection {
    /// Agents selected by id.
    pub agent_ids: BTreeSet<AgentId>,
    /// The queries that find all other selected agents.
    pub look_ups: Vec<LookUp>,
}

/// One query that finds agents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LookUp {
    /// The members of a team.
    Team(TeamId),
    /// The agents whose address lies in a range.
    Addresses(AddressRange),
}

impl Selection {
    /// The union of these selectors. Ranges that overlap or touch become one look-up.
    #[must_use]
    pub fn new(
        agent_ids: impl IntoIterator<Item = AgentId>,
        team_ids: impl IntoIterator<Item = TeamId>,
        ranges: Vec<AddressRange>,
    ) -> Self {
        let team_ids: BTreeSet<TeamId> = team_ids.into_iter().collect();
        let ranges = merge_ranges(ranges);
        let look_ups = team_ids
            .into_iter()
            .map(LookUp::Team)
            .chain(ranges.into_iter().map(LookUp::Addresses))
            .collect();
        Self {
            agent_ids: agent_ids.into_iter().collect(),
            look_ups,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repeated_selectors_cost_one_look_up() {
        let agents = [2, 1, 2].map(|id| AgentId::new(id).unwrap());
        let teams = [7, 7].map(|id| TeamId::new(id).unwrap());
        let ranges = ["10.0.0.0/9", "10.128.0.0/9", "10.1.1.1"];
        let ranges = ranges.map(|text| AddressRange::parse(text).unwrap());
        let selection = Selection::new(agents, teams, ranges.to_vec());
        let ids: Vec<u64> = selection.agent_ids.iter().map(|id| id.get()).collect();
        assert_eq!(ids, [1, 2]);
        let team = LookUp::Team(TeamId::new(7).unwrap());
        let addresses = LookUp::Addresses(AddressRange::parse("10.0.0.0/8").unwrap());
        assert_eq!(selection.look_ups, [team, addresses]);
    }
}
