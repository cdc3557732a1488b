//! The body of a request to log agents out.

mod error;
mod reading;

use std::collections::HashSet;

use domain::ids::{AgentId, TeamId};
use domain::limits::{MAX_AGENT_IDS, MAX_IP_ADDRS, MAX_IP_RANGES, MAX_TEAM_IDS};
use domain::selection::{AddressRange, LookUp, Selection};
use serde::{Deserialize, Serialize};

use super::faults::Faults;
pub use error::SelectorsError;
use reading::Entries;

/// The selectors as the caller wrote them: a union of agents, members of teams and addresses.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SelectorsBody {
    /// Agents by id.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub agent_ids: Vec<AgentId>,
    /// Every member of these teams.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub team_ids: Vec<TeamId>,
    /// Agents at these addresses: single ones, CIDR blocks, ranges.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ip_addrs: Vec<String>,
}

impl SelectorsBody {
    /// Reads a request body, and the agents that it selects.
    ///
    /// # Errors
    /// All faults of an object, with their places.
    pub fn parse(body: &[u8]) -> Result<(Self, Selection), SelectorsError> {
        let read = reading::read(body)?;
        let mut faults = read.faults;
        check_counts(&read.entries, &mut faults);
        let (entries, ranges) = (read.entries, read.ranges);
        let selectors = Self {
            agent_ids: entries.agent_ids,
            team_ids: entries.team_ids,
            ip_addrs: entries.ip_addrs,
        };
        let selection = selectors.selection(ranges);
        check_ranges(&selection, &mut faults);
        if !faults.is_empty() {
            Err(SelectorsError::Faults(faults))
        } else if selectors == Self::default() {
            Err(SelectorsError::NoSelector)
        } else {
            Ok((selectors, selection))
        }
    }

    fn selection(&self, ranges: Vec<AddressRange>) -> Selection {
        let (agent_ids, team_ids) = (self.agent_ids.iter(), self.team_ids.iter());
        Selection::new(agent_ids.copied(), team_ids.copied(), ranges)
    }
}

fn check_counts(entries: &Entries, faults: &mut Faults) {
    for (key, count, max) in [
        ("agent_ids", entries.agent_ids.len(), MAX_AGENT_IDS),
        ("team_ids", entries.team_ids.len(), MAX_TEAM_IDS),
    ] {
        if count > max {
            faults.add(|| format!("{key}: {count} entries; at most {max} are allowed"));
        }
    }
    let distinct: HashSet<&str> = entries.ip_addrs.iter().map(|text| text.trim()).collect();
    if distinct.len() > MAX_IP_ADDRS {
        let count = distinct.len();
        faults.add(|| {
            format!("ip_addrs: {count} distinct entries; at most {MAX_IP_ADDRS} are allowed")
        });
    }
}

fn check_ranges(selection: &Selection, faults: &mut Faults) {
    let is_range = |look_up: &&LookUp| matches!(look_up, LookUp::Addresses(_));
    let count = selection.look_ups.iter().filter(is_range).count();
    if count > MAX_IP_RANGES {
        faults.add(|| {
            format!(
                "ip_addrs: {count} ranges of addresses that do not touch; at most {MAX_IP_RANGES} are allowed"
            )
        });
    }
}

#[cfg(test)]
mod tests;
