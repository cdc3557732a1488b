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

    /// Selectors of the same meaning without repetition. They take at most 300 KB, whatever a caller wrote between the
    /// hyphens: small enough for an item (400 KB) and a message (1 MiB).
    #[must_use]
    pub fn to_selectors(&self) -> Selectors {
        let mut selectors = Selectors {
            agent_ids: self.agent_ids.iter().copied().collect(),
            ..Selectors::default()
        };
        for look_up in &self.look_ups {
            match look_up {
                LookUp::Team(team_id) => selectors.team_ids.push(*team_id),
                LookUp::Addresses(range) => selectors.ip_addrs.push(range.to_string()),
            }
        }
        selectors
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

    #[test]
    fn a_selection_reads_back_from_its_selectors() {
        for addresses in [
            r#""10.0.0.0/8","::1","::/1""#,
            // Ends with the last IPv4-mapped address.
            r#""::/80""#,
            r#""::fffe:0:0/95","0.0.0.0/0""#,
        ] {
            let body =
                format!(r#"{{"agent_ids":[2,1,2],"team_ids":[7],"ip_addrs":[{addresses}]}}"#);
            let selection = Selection::of(&Selectors::parse(body.as_bytes()).unwrap()).unwrap();
            assert_eq!(Selection::of(&selection.to_selectors()).unwrap(), selection);
        }
    }

    #[test]
    fn the_largest_selection_fits_an_item_and_a_message() {
        let largest = |count: u64| (0..count).map(|n| crate::ids::MAX_ID - n);
        let range = |n| {
            format!(
                "ffff:ffff:ffff:ffff:ffff:ffff:{n:x}:ffff-ffff:ffff:ffff:ffff:ffff:ffff:{n:x}:fffe"
            )
        };
        let reversed = |text: String| {
            let (last, first) = text.split_once('-').unwrap();
            format!("{first}    -    {last}")
        };
        let selectors = Selectors {
            agent_ids: largest(10_000).filter_map(AgentId::new).collect(),
            team_ids: largest(1_000).filter_map(TeamId::new).collect(),
            ip_addrs: (0x1000..0x1000 + 1_000).map(range).map(reversed).collect(),
        };
        let canonical = Selection::of(&selectors).unwrap().to_selectors();
        let size = serde_json::to_string(&canonical).unwrap().len();
        assert_eq!(canonical.ip_addrs.len(), 1_000);
        assert!(size < 300_000, "{size}");
    }
}
