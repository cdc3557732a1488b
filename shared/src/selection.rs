//! The agents a request means: its selectors without repetition, and the look-ups that find them.

use std::collections::BTreeSet;

use crate::address_range::{self, AddressRange};
use crate::ids::{AgentId, TeamId};
use crate::request::{Selectors, SelectorsError};

/// A union of agents, teams and addresses, each named once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Selection {
    /// Agents named by id.
    pub agent_ids: BTreeSet<AgentId>,
    /// What else has to be read to know who is meant.
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
    /// The union of the selectors. Addresses that overlap or touch become one look-up.
    ///
    /// # Errors
    /// A bad entry of `ip_addrs`, by position and text.
    pub fn of(selectors: &Selectors) -> Result<Self, SelectorsError> {
        let teams: BTreeSet<TeamId> = selectors.team_ids.iter().copied().collect();
        let ranges = address_range::merge(selectors.address_ranges()?);
        let look_ups = teams
            .into_iter()
            .map(LookUp::Team)
            .chain(ranges.into_iter().map(LookUp::Addresses))
            .collect();
        Ok(Self {
            agent_ids: selectors.agent_ids.iter().copied().collect(),
            look_ups,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repeated_selectors_cost_one_look_up() {
        let selectors = Selectors::parse(
            br#"{"agent_ids":[2,1,2],"team_ids":[7,7],"ip_addrs":["10.0.0.0/9","10.128.0.0/9","10.1.1.1"]}"#,
        );
        let selection = Selection::of(&selectors.unwrap()).unwrap();
        let ids: Vec<u64> = selection.agent_ids.iter().map(|id| id.get()).collect();
        assert_eq!(ids, [1, 2]);
        let team = LookUp::Team(TeamId::new(7).unwrap());
        let addresses = LookUp::Addresses(AddressRange::parse("10.0.0.0/8").unwrap());
        assert_eq!(selection.look_ups, [team, addresses]);
    }
}
