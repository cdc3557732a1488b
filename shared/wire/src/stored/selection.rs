//! A selection as the service keeps it for itself, in the plan message and in the job's item: canonical, and apart from the
//! body of the request, whose form belongs to the callers.

use domain::ids::{AgentId, TeamId};
use domain::selection::{AddressRange, AddressRangeError, LookUp, Selection};
use serde::{Deserialize, Serialize};

/// The JSON of a [`Selection`]. It takes at most 300 KB, however a caller wrote the selectors: small enough for an item
/// (400 KB) and a message (1 MiB).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StoredSelection {
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    agent_ids: Vec<AgentId>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    team_ids: Vec<TeamId>,
    /// Each is written `first-last`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    ip_ranges: Vec<String>,
}

impl From<&Selection> for StoredSelection {
    fn from(selection: &Selection) -> Self {
        let mut stored = Self {
            agent_ids: selection.agent_ids.iter().copied().collect(),
            ..Self::default()
        };
        for look_up in &selection.look_ups {
            match look_up {
                LookUp::Team(team_id) => stored.team_ids.push(*team_id),
                LookUp::Addresses(range) => stored.ip_ranges.push(range.to_string()),
            }
        }
        stored
    }
}

impl TryFrom<StoredSelection> for Selection {
    type Error = AddressRangeError;

    fn try_from(stored: StoredSelection) -> Result<Self, AddressRangeError> {
        let ranges = stored
            .ip_ranges
            .iter()
            .map(|text| AddressRange::parse(text));
        let ranges = ranges.collect::<Result<_, _>>()?;
        Ok(Self::new(stored.agent_ids, stored.team_ids, ranges))
    }
}

#[cfg(test)]
mod tests {
    use domain::ids::MAX_ID;

    use super::*;
    use crate::http::SelectorsBody;

    fn selection(body: &str) -> Selection {
        let selectors = SelectorsBody::parse(body.as_bytes()).unwrap();
        selectors.selection().unwrap()
    }

    #[test]
    fn a_selection_that_was_stored_is_read_again() {
        for addresses in [
            r#""10.0.0.0/8","::1","::/1""#,
            // Ends with the last IPv4-mapped address.
            r#""::/80""#,
            r#""::fffe:0:0/95","0.0.0.0/0""#,
        ] {
            let body =
                format!(r#"{{"agent_ids":[2,1,2],"team_ids":[7],"ip_addrs":[{addresses}]}}"#);
            let selection = selection(&body);
            let stored = StoredSelection::from(&selection);
            assert_eq!(Selection::try_from(stored), Ok(selection));
        }
    }

    #[test]
    fn the_largest_selection_fits_an_item_and_a_message() {
        let largest = |count: u64| (0..count).map(|n| MAX_ID - n);
        let range = |n| {
            format!(
                "ffff:ffff:ffff:ffff:ffff:ffff:{n:x}:ffff    -    ffff:ffff:ffff:ffff:ffff:ffff:{n:x}:fffe"
            )
        };
        let reversed = |text: String| {
            let (last, first) = text.split_once('-').unwrap();
            format!("{first}-{last}")
        };
        let selectors = SelectorsBody {
            agent_ids: largest(10_000).filter_map(AgentId::new).collect(),
            team_ids: largest(1_000).filter_map(TeamId::new).collect(),
            ip_addrs: (0x1000..0x1000 + 1_000).map(range).map(reversed).collect(),
        };
        let stored = StoredSelection::from(&selectors.selection().unwrap());
        let size = serde_json::to_string(&stored).unwrap().len();
        assert_eq!(stored.ip_ranges.len(), 1_000);
        assert!(size < 300_000, "{size}");
    }
}
